import { badInput, LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";

const ADVICE = "Give each entry an id of its own; entries reported before it are stored.";

/**
 * Answers the id, or throws `bad-input`. Half a surrogate pair is refused: databases and URLs hold Unicode, where all such
 * halves become one character and two ids become one.
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

/** Answers the ids, each once. Throws `bad-input` where one of them could be the id of no entry. */
export function checkedIds(ids: unknown): string[] {
  if (typeof ids === "string" || !isIterable(ids)) throw badInput(ids, "a list of ids", "Pass the ids in a list.");
  return [...new Set([...ids].map(checkedId))];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
