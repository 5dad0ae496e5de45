import { checkedEntry } from "../checks/check-entry.ts";
import { entryCharacters } from "../checks/entry-characters.ts";
import type { Entry } from "../entry.ts";
import type { EntrySource } from "../ports/search-engine.ts";
import type { Pace } from "./pace.ts";

// A batch ends when it has as many entries as the pace asks for, or so much text, which bounds memory.
const MOST_CHARACTERS = 256 * 1024;

/** Reads a source only as fast as its batches are taken. Every entry is checked before its batch is yielded. */
export async function* entryBatches(source: EntrySource, pace: Pace): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let characters = 0;
  for await (const given of source) {
    const entry = checkedEntry(given);
    batch.push(entry);
    characters += entryCharacters(entry);
    if (batch.length < pace.entries && characters < MOST_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
