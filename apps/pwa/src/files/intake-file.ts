import type { Entry } from "@pipit/core";
import type { TabEngine } from "../engine.ts";
import { documentText } from "./document-text.ts";
import { isFirstPart } from "./first-part.ts";
import { entryId, entryIds, type Ledger, type LedgerRecord } from "./ledger.ts";
import { NotTextError, type TextKind } from "./text-encoding.ts";
import { mostParts, textParts } from "./text-parts.ts";

export interface ReadableFile {
  /** The path under which it is stored. */
  readonly path: string;
  readonly file: File;
  readonly kind: TextKind;
}

/** The calls of an engine that store files. */
export type FilesEngine = Pick<TabEngine, "add" | "remove" | "entriesOf">;

export interface IntakePlaces {
  readonly engine: FilesEngine;
  readonly ledger: Ledger;
}

/** The stored part of a file: all, its beginning, nothing, or nothing because the file has become empty. */
export type FileOutcome = "whole" | "cut" | "none" | "emptied";

/** One file that is being added to the engine, and its record in the ledger. */
export class IntakeFile {
  readonly record: LedgerRecord;
  readonly before: LedgerRecord | undefined;
  /** The number of entries of the whole intake that were yielded before this file. */
  readonly #first: number;
  #parts = 0;
  /** True if it was read to its end. */
  #readThrough = false;
  /** True if its encoding was guessed. */
  isGuessed = false;
  /** True if its record was removed before it was settled. */
  #isRemoved = false;

  private constructor(record: LedgerRecord, before: LedgerRecord | undefined, first: number) {
    this.record = record;
    this.before = before;
    this.#first = first;
  }

  static async begin({ path, file }: ReadableFile, ledger: Ledger, first: number): Promise<IntakeFile> {
    const before = await ledger.get(path);
    const parts = Math.max(mostParts(file.size), before?.parts ?? 0);
    const record = { path, bytes: file.size, parts, addedAt: Date.now() };
    // Marked as cut until it is settled, because the page may be closed, or the quota full, before that.
    await ledger.put(unsettled(record, before, 0));
    return new IntakeFile(record, before, first);
  }

  /** Records in the ledger how many parts of the file have replaced its earlier version. */
  async note(stored: number, ledger: Ledger): Promise<void> {
    const parts = this.#partsStored(stored);
    if (this.before && parts > 0) await ledger.replace(unsettled(this.record, this.before, parts));
  }

  async *entries({ path, file, kind }: ReadableFile, { engine, ledger }: IntakePlaces): AsyncGenerator<Entry> {
    const onGuess = () => {
      this.isGuessed = true;
    };
    const name = path.slice(path.lastIndexOf("/") + 1);
    for await (const text of textParts(documentText(file, kind, onGuess))) {
      this.#parts += 1;
      if (this.before && this.#parts === 1) await this.#noteFirst(text, engine, ledger);
      yield { id: entryId(path, this.#parts - 1), text, fields: { name, path, part: this.#parts } };
    }
    this.#readThrough = true;
  }

  /** Runs before the first part is stored: the page may be closed between that and the first `note`. */
  async #noteFirst(text: string, engine: FilesEngine, ledger: Ledger): Promise<void> {
    if (!this.before || (await isFirstPart(engine, this.record.path, text))) return;
    await ledger.replace(unsettled(this.record, this.before, 0, text));
  }

  get hasNoWords(): boolean {
    return this.#readThrough && this.#parts === 0;
  }

  /** True if one of these entries is from this file. */
  gave(ids: ReadonlySet<string>): boolean {
    return entryIds({ ...this.record, parts: this.#parts }).some((id) => ids.has(id));
  }

  /** The stored part of the file if `stored` entries of the intake are stored. */
  outcome(stored: number): FileOutcome {
    if (this.#isRemoved) return "none";
    if (this.hasNoWords) return this.before ? "emptied" : "none";
    const parts = this.#partsStored(stored);
    if (parts <= 0) return "none";
    return this.#readThrough && parts === this.#parts ? "whole" : "cut";
  }

  /** Makes engine and ledger agree, after the last entry was stored. A file that was removed meanwhile stays removed. */
  async settle(stored: number, engine: FilesEngine, ledger: Ledger): Promise<void> {
    const { record, before } = this;
    const keep = async (settled: LedgerRecord) => {
      if (!(await ledger.replace(settled))) await this.#removeAll(engine);
    };
    const outcome = this.outcome(stored);
    if (outcome === "none" && before) return keep(before);
    const parts = Math.max(0, this.#partsStored(stored));
    // Parts of an earlier, longer version, and stored parts that were not reported.
    const stale = entryIds({ ...record, parts: Math.max(this.#parts, before?.parts ?? 0) }).slice(parts);
    if (stale.length > 0) await engine.remove(stale);
    if (parts === 0) return ledger.remove(record.path);
    await keep({ ...record, parts, ...(outcome === "cut" ? { cut: true } : {}) });
  }

  /** Entries may have been stored after the removal. */
  async #removeAll(engine: FilesEngine): Promise<void> {
    this.#isRemoved = true;
    if (this.#parts > 0) await engine.remove(entryIds({ ...this.record, parts: this.#parts }));
  }

  #partsStored(stored: number): number {
    return Math.min(this.#parts, stored - this.#first);
  }
}

function unsettled(
  record: LedgerRecord,
  former: LedgerRecord | undefined,
  stored: number,
  first?: string,
): LedgerRecord {
  const replacing = former && { former, stored, ...(first !== undefined && { first }) };
  return { ...record, cut: true, ...(replacing && { replacing }) };
}

/** The reason why a file could not be read; undefined for other errors. */
export function whyUnreadable(error: unknown): string | undefined {
  if (error instanceof NotTextError) return error.message;
  if (!(error instanceof DOMException) || error.name === "AbortError") return undefined;
  return "the browser could not read it any more";
}
