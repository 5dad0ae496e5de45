import { type Entry, isPipitError, type SearchEngine } from "@pipit/core";
import { documentKind } from "./document-kind.ts";
import { documentText } from "./document-text.ts";
import { entryId, entryIds, type Ledger, type LedgerRecord } from "./ledger.ts";
import type { PickedFile } from "./picked-file.ts";
import { NotTextError } from "./text-encoding.ts";
import { mostParts, textParts } from "./text-parts.ts";

export interface SkippedFile {
  readonly path: string;
  readonly why: string;
}

export interface IntakeProgress {
  /** Files that are wholly stored and findable, of those that can be read. */
  readonly files: number;
  readonly ofFiles: number;
  /** Entries stored; a long file makes several. */
  readonly entries: number;
  /** Bytes read so far, and in all. */
  readonly bytes: number;
  readonly ofBytes: number;
}

export interface IntakeSummary {
  readonly stored: number;
  /** Files with a part that the model does not read, which is found by its words. */
  readonly unread: number;
  readonly skipped: readonly SkippedFile[];
  /** True when the visitor stopped it. What was stored stays. */
  readonly cancelled: boolean;
}

export interface IntakeOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: IntakeProgress) => void;
}

/** Puts files into the engine and the ledger. Rejects as `engine.add` does, except that an abort is an answer, not a failure. */
export async function takeIn(
  files: readonly PickedFile[],
  { engine, ledger }: { engine: SearchEngine; ledger: Ledger },
  { signal, onProgress }: IntakeOptions,
): Promise<IntakeSummary> {
  const run = new Intake(files, ledger, onProgress);
  let cancelled = false;
  let unread = 0;
  try {
    const summary = await engine.add(run.entries(), { signal, onProgress: ({ done }) => run.stored(done) });
    unread = run.filesOf(summary.unread ?? []);
    run.storedAll();
  } catch (error) {
    cancelled = signal.aborted || isPipitError(error, "aborted");
    if (!cancelled) throw error;
  } finally {
    await run.settle(engine);
  }
  return { stored: run.filesStored, unread, skipped: run.skipped, cancelled };
}

interface Read {
  readonly record: LedgerRecord;
  readonly before: LedgerRecord | undefined;
  /** How many entries had been handed out when this file began, and when it ended. */
  readonly first: number;
  end: number | undefined;
  /** Whether it ended because there was no more of it. */
  readThrough: boolean;
}

class Intake {
  readonly skipped: SkippedFile[] = [];
  readonly #readable: { readonly picked: PickedFile; readonly read: "plain" | "html" }[] = [];
  readonly #ledger: Ledger;
  readonly #onProgress: (progress: IntakeProgress) => void;
  readonly #reads: Read[] = [];
  readonly #paths = new Map<string, string>();
  #handedOut = 0;
  #stored = 0;
  #bytes = 0;

  constructor(files: readonly PickedFile[], ledger: Ledger, onProgress: (progress: IntakeProgress) => void) {
    this.#ledger = ledger;
    this.#onProgress = onProgress;
    for (const picked of files) {
      const kind = documentKind(picked.path, picked.file.size);
      if ("skip" in kind) this.skipped.push({ path: picked.path, why: kind.skip });
      else this.#readable.push({ picked, read: kind.read });
    }
  }

  get filesStored(): number {
    return this.#reads.filter((read) => this.#isWhole(read)).length;
  }

  /** How many files these entries came of. */
  filesOf(ids: readonly string[]): number {
    return new Set(ids.map((id) => this.#paths.get(id))).size;
  }

  stored(entries: number): void {
    this.#stored = entries;
    this.#report();
  }

  /** The engine counts what it stored; an entry without words is passed over, so the last count can fall short. */
  storedAll(): void {
    this.stored(this.#handedOut);
  }

  async *entries(): AsyncGenerator<Entry> {
    this.#report();
    for (const { picked, read } of this.#readable) {
      try {
        yield* this.#entriesOf(picked, read);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        this.skipped.push({ path: picked.path, why: whyUnreadable(error) });
      }
    }
  }

  async *#entriesOf({ path, file }: PickedFile, kind: "plain" | "html"): AsyncGenerator<Entry> {
    const read = await this.#begin(path, file);
    let part = 0;
    try {
      for await (const text of textParts(documentText(file, kind))) {
        this.#handedOut += 1;
        const id = entryId(path, part);
        this.#paths.set(id, path);
        yield { id, text, fields: { path, part: part + 1 } };
        part += 1;
      }
      read.readThrough = true;
    } finally {
      read.end = this.#handedOut;
      this.#bytes += file.size;
    }
    if (part === 0) this.skipped.push({ path, why: "no words in it" });
  }

  async #begin(path: string, file: File): Promise<Read> {
    const before = await this.#ledger.get(path);
    const parts = Math.max(mostParts(file.size), before?.parts ?? 0);
    const record = { path, bytes: file.size, parts, addedAt: Date.now() };
    await this.#ledger.put(record);
    const read: Read = { record, before, first: this.#handedOut, end: undefined, readThrough: false };
    this.#reads.push(read);
    return read;
  }

  /** Makes the ledger say what is stored, now that no more will be. */
  async settle(engine: SearchEngine): Promise<void> {
    for (const read of this.#reads) await this.#settleFile(read, engine);
  }

  async #settleFile(read: Read, engine: SearchEngine): Promise<void> {
    const { record, before, first } = read;
    const parts = Math.min(this.#stored, read.end ?? this.#handedOut) - first;
    if (parts <= 0) return before ? this.#ledger.put(before) : this.#ledger.remove(record.path);
    if (!this.#isWhole(read)) return this.#ledger.put({ ...record, cut: true });
    // An earlier, longer version of the file left parts behind.
    const stale = entryIds(before ?? { ...record, parts: 0 }).slice(parts);
    if (stale.length > 0) await engine.remove(stale);
    await this.#ledger.put({ ...record, parts });
  }

  #isWhole({ first, end, readThrough }: Read): boolean {
    return readThrough && end !== undefined && end > first && end <= this.#stored;
  }

  #report(): void {
    const ofBytes = this.#readable.reduce((sum, { picked }) => sum + picked.file.size, 0);
    this.#onProgress({
      files: this.filesStored,
      ofFiles: this.#readable.length,
      entries: this.#stored,
      bytes: this.#bytes,
      ofBytes,
    });
  }
}

// A file that was moved, locked or is no text is one file less; anything else is a fault of the whole intake.
function isUnreadable(error: unknown): boolean {
  return error instanceof NotTextError || (error instanceof DOMException && error.name !== "AbortError");
}

function whyUnreadable(error: unknown): string {
  return error instanceof NotTextError ? error.message : "the browser could not read it any more";
}
