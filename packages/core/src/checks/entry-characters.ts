import type { PlainEntry } from "./check-entry.ts";

/** Bytes of media are read and copied much faster than characters are embedded. */
const BYTES_A_CHARACTER = 32;

/** The approximate size of an entry in a message or a transaction. It bounds batches besides their number of entries. */
export function entryCharacters({ text, media = [], fields }: PlainEntry): number {
  const bytes = media.reduce((sum, medium) => sum + medium.bytes.length, 0);
  return text.length + bytes / BYTES_A_CHARACTER + (fields === undefined ? 0 : JSON.stringify(fields).length);
}
