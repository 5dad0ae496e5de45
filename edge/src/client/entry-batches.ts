import { checkedEntry, type Entry, type EntrySource, entryCharacters } from "@pipit/core";

// One request has the entries of one transaction on the server, and stays far below the limit of a body.
const MOST_ENTRIES = 64;
const MOST_CHARACTERS = 256 * 1024;

/**
 * Reads a source only as fast as its batches are taken, so that a stream of any length needs the memory of one batch. Each entry is
 * checked here, because JSON would turn a Date into a string and leave out undefined values.
 */
export async function* entryBatches(source: EntrySource): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let characters = 0;
  for await (const given of source) {
    const entry = checkedEntry(given);
    batch.push(entry);
    characters += entryCharacters(entry);
    if (batch.length < MOST_ENTRIES && characters < MOST_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
