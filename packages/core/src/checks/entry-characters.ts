import type { Entry } from "../entry.ts";

/** What an entry takes in a message or a transaction, roughly, so that batches are bounded by more than their number. */
export function entryCharacters({ text, fields }: Entry): number {
  return text.length + (fields === undefined ? 0 : JSON.stringify(fields).length);
}
