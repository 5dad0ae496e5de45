import { badInput, LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";

const ADVICE = "Give each entry an id of its own; entries reported before it are stored.";
const AS_GIVEN = "Pass the ids as they were given to entries.";

/**
 * Returns the id, or throws `bad-input`. Half a surrogate pair is refused: databases and URLs replace every such half by the
 * same character, so that two ids would become one.
 */
export function checkedId(id: unknown): string {
  const { idCharacters } = LIMITS;
  if (typeof id !== "string" || id.length === 0) throw badInput(id, `an id of 1 to ${idCharacters} characters`, ADVICE);
  if (id.length > idCharacters) {
    throw new LimitError(`an id of ${id.length} characters`, `at most ${idCharacters}`, ADVICE);
  }
  if (!id.isWellFormed())
    throw badInput(id, "an id without half a surrogate pair", "Cut ids between whole characters.");
  return id;
}

/**
 * Returns each id once, or throws `bad-input`. An id that `checkedId` would refuse is allowed: an older database may hold such an
 * entry, and it must be possible to remove it.
 */
export function checkedIds(ids: unknown): string[] {
  if (ids instanceof String || !isIterable(ids)) throw badInput(ids, "a list of ids", "Pass the ids in a list.");
  const { idCharacters } = LIMITS;
  const unique = new Set<string>();
  for (const id of ids) {
    if (typeof id !== "string") throw badInput(id, "ids as strings", AS_GIVEN);
    if (id.length > idCharacters)
      throw new LimitError(`an id of ${id.length} characters`, `at most ${idCharacters}`, AS_GIVEN);
    unique.add(id);
  }
  return [...unique];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
