import type { PlainEntry } from "../checks/check-entry.ts";
import { throwIfAborted } from "../errors.ts";
import type { EntrySource } from "../ports/search-engine.ts";
import { entryBatches } from "./entry-batches.ts";
import type { Pace } from "./pace.ts";
import type { PreparedBatch } from "./prepared-batch.ts";
import { sourceUntil } from "./source-until.ts";

export interface Adding {
  readonly pace: Pace;
  readonly prepare: (entries: readonly PlainEntry[], signal?: AbortSignal) => Promise<PreparedBatch>;
  readonly store: (batch: readonly PlainEntry[], prepared: PreparedBatch) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Stores one batch while the next is embedded, so that database and model do not wait for each other. */
export async function addBatches(entries: EntrySource, { pace, prepare, store, signal }: Adding): Promise<void> {
  let storing: Promise<void> = Promise.resolve();
  let began = performance.now();
  try {
    for await (const batch of entryBatches(sourceUntil(signal, entries), pace)) {
      throwIfAborted(signal);
      const embedded = await prepare(lastOfEach(batch), signal);
      await storing;
      throwIfAborted(signal);
      storing = store(batch, embedded);
      // A failure is thrown by the next `await storing`. Until then it must not count as unhandled.
      storing.catch(() => undefined);
      pace.took(performance.now() - began);
      began = performance.now();
    }
  } finally {
    await storing;
  }
}

/** Entries of one id in one batch are one write; vectors of those before the last would not be used. */
function lastOfEach(batch: readonly PlainEntry[]): PlainEntry[] {
  return [...new Map(batch.map((entry) => [entry.id, entry])).values()];
}
