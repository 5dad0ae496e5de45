import { type Entry, isPipitError, LIMITS } from "@pipit/core";
import { documentKind } from "./document-kind.ts";
import { type FileOutcome, IntakeFile, type IntakePlaces, type ReadableFile, whyUnreadable } from "./intake-file.ts";
import { entryIds } from "./ledger.ts";
import type { PickedFile, SkippedFile } from "./picked-file.ts";
import { uniquePaths } from "./unique-paths.ts";

export interface IntakeProgress {
  /** The number of completely stored files, among those that can be read. */
  readonly files: number;
  readonly ofFiles: number;
  /** Stored entries; a long file makes several. */
  readonly entries: number;
  /** Bytes read so far, and in total. */
  readonly bytes: number;
  readonly ofBytes: number;
}

export interface IntakeSummary {
  /** The number of completely stored files. */
  readonly stored: number;
  /** The number of these that replaced an earlier version under their path. */
  readonly replaced: number;
  /** Files of which only the beginning is stored. */
  readonly cut: number;
  /** Files with a part that the model does not read; it is found by its words. */
  readonly unread: number;
  /** Stored files whose encoding was guessed. */
  readonly guessed: number;
  /** Paths of files without text: their stored entries are removed. */
  readonly emptied: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** True if the visitor stopped the intake. Stored entries stay. */
  readonly cancelled: boolean;
  /** The error that ended the intake early, if any. */
  readonly failure: unknown;
}

export interface IntakeOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: IntakeProgress) => void;
}

// Leaves room for the number at the end of its entries' ids.
const MOST_PATH = LIMITS.idCharacters - 12;

/** Adds files to the engine and the ledger. It does not reject: the summary contains an abort or failure, and the stored files. */
export async function takeIn(
  files: readonly PickedFile[],
  places: IntakePlaces,
  { signal, onProgress }: IntakeOptions,
): Promise<IntakeSummary> {
  const intake = new Intake(files, places, onProgress);
  let cancelled = false;
  let failure: unknown;
  try {
    signal.throwIfAborted();
    // Empty files come first, because their removal frees room for the rest.
    await intake.removeEmptied();
    await intake.addAll(signal);
  } catch (error) {
    cancelled = signal.aborted;
    if (!cancelled) failure = error;
  }
  await intake.settle().catch((error: unknown) => {
    failure ??= error;
  });
  return { ...intake.summary(), cancelled, failure };
}

class Intake {
  readonly #places: IntakePlaces;
  readonly #onProgress: (progress: IntakeProgress) => void;
  readonly #skipped: SkippedFile[] = [];
  readonly #emptied: string[] = [];
  readonly #empty: SkippedFile[] = [];
  readonly #readable: ReadableFile[] = [];
  readonly #begun: IntakeFile[] = [];
  readonly #unsettled = new Set<IntakeFile>();
  readonly #failures: unknown[] = [];
  #settling: Promise<void> = Promise.resolve();
  #unread: ReadonlySet<string> = new Set();
  #handedOut = 0;
  #stored = 0;
  #bytes = 0;

  constructor(files: readonly PickedFile[], places: IntakePlaces, onProgress: (progress: IntakeProgress) => void) {
    this.#places = places;
    this.#onProgress = onProgress;
    const paths = uniquePaths(files.map(({ path }) => path));
    for (const [at, picked] of files.entries()) this.#sort(picked, paths[at] ?? picked.path);
  }

  // Uses the file's own name, not the one that `uniquePaths` gave it.
  #sort({ path: name, file }: PickedFile, path: string): void {
    if (path.length > MOST_PATH)
      return void this.#skipped.push({ path, why: `a path of more than ${MOST_PATH} characters` });
    const kind = documentKind(name, file.size);
    if ("read" in kind) this.#readable.push({ path, file, kind: kind.read });
    else (file.size === 0 ? this.#empty : this.#skipped).push({ path, why: kind.skip });
  }

  /** Removes the stored entries of files that are empty now. */
  async removeEmptied(): Promise<void> {
    const { engine, ledger } = this.#places;
    for (const skipped of this.#empty) {
      const record = await ledger.get(skipped.path);
      if (!record) {
        this.#skipped.push(skipped);
        continue;
      }
      await engine.remove(entryIds(record));
      await ledger.remove(record.path);
      this.#emptied.push(record.path);
    }
  }

  async addAll(signal: AbortSignal): Promise<void> {
    const entries = this.#entries();
    try {
      const { unread = [] } = await this.#places.engine.add(entries, {
        signal,
        onProgress: ({ done }) => this.#storedSoFar(done),
      });
      this.#unread = new Set(unread);
    } catch (error) {
      if (isPipitError(error) && error.stored !== undefined) this.#stored = error.stored;
      throw error;
    } finally {
      // An engine does not wait for its source. Without this, a file begun after the others were settled would stay listed.
      await entries.return(undefined);
    }
  }

  async *#entries(): AsyncGenerator<Entry, void> {
    this.#report();
    for (const readable of this.#readable) {
      const begun = await IntakeFile.begin(readable, this.#places.ledger, this.#handedOut);
      this.#begun.push(begun);
      this.#unsettled.add(begun);
      try {
        yield* this.#entriesOf(begun, readable);
      } catch (error) {
        this.#passOver(begun, error);
      }
    }
  }

  async *#entriesOf(begun: IntakeFile, readable: ReadableFile): AsyncGenerator<Entry> {
    try {
      for await (const entry of begun.entries(readable, this.#places)) {
        this.#handedOut += 1;
        yield entry;
      }
    } finally {
      this.#bytes += readable.file.size;
    }
    if (begun.hasNoWords && !begun.before) this.#skipped.push({ path: readable.path, why: "no words in it" });
  }

  // A file that was moved, is locked or is not text is skipped. Other errors end the intake.
  #passOver({ before, record }: IntakeFile, error: unknown): void {
    const why = whyUnreadable(error);
    if (why === undefined) throw error;
    this.#skipped.push({ path: record.path, why: before ? `${why}; what was stored of it before stays` : why });
  }

  #storedSoFar(entries: number): void {
    this.#stored = entries;
    // Immediately, so that a page that is closed in the middle leaves records that are right or can be repaired.
    for (const begun of this.#unsettled) {
      if (begun.outcome(entries) === "whole") this.#settle(begun);
      else this.#inTurn(() => begun.note(entries, this.#places.ledger));
    }
    this.#report();
  }

  /** Settles all files, even if one fails, so that as many as possible can be removed later. Rejects with the first failure. */
  async settle(): Promise<void> {
    for (const begun of this.#unsettled) this.#settle(begun);
    await this.#settling;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #settle(begun: IntakeFile): void {
    const { engine, ledger } = this.#places;
    const stored = this.#stored;
    this.#unsettled.delete(begun);
    this.#inTurn(() => begun.settle(stored, engine, ledger));
  }

  #inTurn(work: () => Promise<void>): void {
    this.#settling = this.#settling.then(work).catch((error: unknown) => void this.#failures.push(error));
  }

  summary(): Omit<IntakeSummary, "cancelled" | "failure"> {
    const withOutcome = (outcome: FileOutcome) =>
      this.#begun.filter((begun) => begun.outcome(this.#stored) === outcome);
    const whole = withOutcome("whole");
    const cut = withOutcome("cut");
    return {
      stored: whole.length,
      replaced: whole.filter(({ before }) => before).length,
      cut: cut.length,
      guessed: [...whole, ...cut].filter(({ isGuessed }) => isGuessed).length,
      unread: this.#begun.filter((begun) => begun.gave(this.#unread)).length,
      emptied: [...this.#emptied, ...withOutcome("emptied").map(({ record }) => record.path)],
      skipped: this.#skipped,
    };
  }

  #report(): void {
    const ofBytes = this.#readable.reduce((sum, { file }) => sum + file.size, 0);
    const files = this.#begun.filter((begun) => begun.outcome(this.#stored) === "whole").length;
    this.#onProgress({
      files,
      ofFiles: this.#readable.length,
      entries: this.#stored,
      bytes: this.#bytes,
      ofBytes,
    });
  }
}
