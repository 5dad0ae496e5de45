import type { Entry, Fields, FieldValue } from "../entry.ts";
import { PipitError } from "../errors.ts";
import type { EntrySource } from "../ports/search-engine.ts";
import type { Pace } from "./pace.ts";

// A batch ends at whichever comes first: as many entries as the pace asks for, or enough text to bound memory.
const MOST_CHARACTERS = 256 * 1024;
const LONGEST_ID = 512;

/** Reads a source only as fast as its batches are taken. Every entry is checked before its batch is given out. */
export async function* entryBatches(source: EntrySource, pace: Pace): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let characters = 0;
  for await (const entry of source) {
    assertEntry(entry);
    batch.push(entry);
    characters += entry.text.length;
    if (batch.length < pace.entries && characters < MOST_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

export function assertEntry(entry: Entry): void {
  if (typeof entry !== "object" || entry === null) throw badEntry(entry, "an object {id, text, fields?}");
  if (typeof entry.id !== "string" || entry.id.length === 0 || entry.id.length > LONGEST_ID) {
    throw badEntry(entry.id, `an id of 1 to ${LONGEST_ID} characters`);
  }
  if (typeof entry.text !== "string") throw badEntry(entry.text, `a text in entry ${JSON.stringify(entry.id)}`);
  if (entry.fields !== undefined) assertFields(entry.fields);
}

export function assertFields(fields: Fields): void {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw badEntry(fields, "fields as an object");
  for (const [name, value] of Object.entries(fields)) {
    if (!isFieldValue(value))
      throw badEntry(value, `a string, finite number, boolean or list of them in field ${name}`);
  }
}

function isFieldValue(value: FieldValue): boolean {
  return Array.isArray(value) ? value.every(isScalar) : isScalar(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function badEntry(got: unknown, expected: string): PipitError {
  const shown = JSON.stringify(got)?.slice(0, 80) ?? String(got);
  return new PipitError("bad-input", {
    got: shown,
    expected,
    do: "Correct the entry and add it again; entries reported before it are stored.",
  });
}
