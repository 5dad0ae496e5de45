import type { Entry } from "../entry.ts";

/** The approximate size of an entry in a message or a transaction. It bounds batches besides their number of entries. */
export function entryCharacters({ text, fields }: Entry): number {
  return text.length + (fields === undefined ? 0 : JSON.stringify(fields).length);
}
