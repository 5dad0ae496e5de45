import { LimitError } from "../bad-input.ts";
import { copyOfFields } from "../checks/check-fields.ts";
import type { Fields } from "../entry.ts";
import { throwIfAborted } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { Collection } from "../ports/collection.ts";
import type { StoredEntry } from "../ports/entry-store.ts";
import type { Hit } from "../ports/search-engine.ts";
import type { FoundHit } from "./best-hits.ts";

const AT_ONCE = 50;

/**
 * The hits with their entries. Entries are read in groups: a thousand of the longest would take hundreds of megabytes, and the call
 * fails before all are in memory. Fails with a `LimitError` beyond `LIMITS.answerCharacters`.
 */
export async function readHits(
  collection: Pick<Collection, "getMany">,
  found: readonly FoundHit[],
  signal: AbortSignal | undefined,
): Promise<Hit[]> {
  const hits: Hit[] = [];
  let characters = 0;
  for (let from = 0; from < found.length; from += AT_ONCE) {
    throwIfAborted(signal);
    const some = found.slice(from, from + AT_ONCE);
    const stored = await collection.getMany(some.map(({ id }) => id));
    for (const [i, hit] of some.entries()) {
      const entry = stored[i];
      // Another holder removed the entry after the search.
      if (!entry) continue;
      hits.push(hitOf(hit, entry));
      characters += charactersOf(hit, entry);
    }
    if (characters > LIMITS.answerCharacters) throw tooLong(hits.length, characters);
  }
  return hits;
}

function hitOf({ id, score, match, passage: { start, end } }: FoundHit, { text, fields }: StoredEntry): Hit {
  // A store in memory returns its own objects, which callers must not change.
  const entry = { id, text, fields: copyOfFields(fields) };
  const passage = { text: text.slice(start, end), start, end };
  return { id, score, ...(match && { match }), entry, passage };
}

function charactersOf({ passage }: FoundHit, { text, fields }: StoredEntry): number {
  return text.length + (passage.end - passage.start) + charactersOfFields(fields);
}

function charactersOfFields(fields: Fields): number {
  let characters = 0;
  for (const [name, value] of Object.entries(fields)) {
    characters += name.length;
    for (const one of Array.isArray(value) ? value : [value]) characters += String(one).length;
  }
  return characters;
}

function tooLong(hits: number, characters: number): LimitError {
  return new LimitError(
    `${hits} hits of ${characters} characters`,
    `at most ${LIMITS.answerCharacters} characters in an answer`,
    "Ask for fewer hits with `k`, or add long texts as several entries.",
  );
}
