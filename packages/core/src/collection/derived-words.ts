import type { RowBitmap } from "../ports/vector-index.ts";
import type { WordMeanings } from "../ports/word-meanings.ts";
import { isEnglish, wordsOfLanguage } from "../words/languages.ts";
import { WordIndex } from "../words/word-index.ts";
import type { Derived, DerivedKind, EntryChange } from "./derived.ts";
import { FilterBitmaps } from "./filter-bitmaps.ts";
import { type SavedSection, savedSection } from "./snapshot-format.ts";
import { wordUnitsOf } from "./word-units.ts";

/** The index of words, by entry and unit. */
export class DerivedWords implements Derived {
  readonly index: WordIndex;
  /** Units that a filter allows. */
  readonly bitmaps = new FilterBitmaps();
  /** BCP 47 tag of the language of the entries. */
  readonly language: string;

  constructor(index: WordIndex, language: string) {
    this.index = index;
    this.language = language;
    // Saving renumbers units too.
    index.onRenumbered = () => this.bitmaps.clear();
  }

  /** `language` is a BCP 47 tag; its stemmer and stop words are used. `meanings` are English, and not used for another language. */
  static kind(language: string, meanings?: WordMeanings): DerivedKind<DerivedWords> {
    const options = async () => ({
      ...(await wordsOfLanguage(language)),
      meanings: isEnglish(language) ? meanings : undefined,
    });
    return {
      create: async () => new DerivedWords(new WordIndex(await options()), language),
      open: async (section) => new DerivedWords(await WordIndex.open(section, await options()), language),
    };
  }

  /** Words of near meaning, which come after it was opened. They are English, as in `kind`. */
  useMeanings(meanings: WordMeanings): void {
    if (isEnglish(this.language)) this.index.useMeanings(meanings);
  }

  /** Marks the units of the entries that a filter allows. The bitmap is right at its end, although entries change at stops. */
  bitmapOf(allows: (id: string) => boolean, memory?: RowBitmap): Generator<void, RowBitmap> {
    return this.index.unitsOf(allows, memory);
  }

  commit(changes: readonly EntryChange[]): void {
    for (const change of changes) {
      if (change.kind === "put") this.index.put(change.entry.id, wordUnitsOf(change.entry));
      else this.index.delete(change.id);
    }
    this.bitmaps.clear();
  }

  async clean(): Promise<void> {
    if (this.index.isStale) await this.index.tidy();
  }

  get isWhole(): boolean {
    return this.index.reach === "near";
  }

  finish(): Promise<void> {
    return this.index.relate();
  }

  async saved(): Promise<SavedSection> {
    return savedSection(await this.index.saved());
  }

  async close(): Promise<void> {}
}
