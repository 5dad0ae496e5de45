import { Slices } from "../let-others-run.ts";
import type { RowBitmap } from "../ports/vector-index.ts";
import type { WordMeanings } from "../ports/word-meanings.ts";
import { askedWords, IDENTIFIER_FACTOR, type KnownWords, type Reach, stopFactor } from "./asked-words.ts";
import type { AskedWord, ScoredUnits } from "./bm25.ts";
import { absentShare, isInParts } from "./code-presence.ts";
import { growingWords } from "./growing-numbers.ts";
import { NearWords } from "./near-words.ts";
import { unitsWithPhrase } from "./phrases.ts";
import { Postings } from "./postings.ts";
import { quotedIn, saysLittle } from "./quotations.ts";
import { Sequences } from "./sequences.ts";
import { tokensOf } from "./tokens.ts";
import { clearBit, hasBit, unitsOf } from "./unit-bits.ts";
import { UnitColumns } from "./unit-columns.ts";
import { type NumberedRun, renumbered, runsOf, type WordNumbers, type WordUnit } from "./unit-words.ts";
import { type Stemmer, Vocabulary } from "./vocabulary.ts";
import { WordCounts } from "./word-counts.ts";
import { evidenceReader, meantWords, misspeltShare, type WordEvidence } from "./word-evidence.ts";
import { type Phrase, type QueryWord, readWordQuery, type WordQuery } from "./word-query.ts";
import { WordScores } from "./word-scores.ts";
import { WordSlots } from "./word-slots.ts";
import { badWords, readSavedWords, type SavedWords, savedWords } from "./word-snapshot.ts";

export interface WordIndexOptions {
  /** The common form of the inflections of a word. Default: the word itself. */
  readonly stem?: Stemmer | undefined;
  /** True for a language that joins words without a space, such as German: a compound also reaches its parts. Default: false. */
  readonly isCompounding?: boolean | undefined;
  /** Words of little meaning. They count by a quarter of their weight. */
  readonly stopWords?: ReadonlySet<string> | undefined;
  /** With them a query also reaches words of near meaning, which count less. Default: words as they are written only. */
  readonly meanings?: WordMeanings | undefined;
}

export interface WordSearchOptions {
  /** The most units to answer with. */
  readonly k: number;
  /** True for entries that may be found. Default: all. */
  readonly allows?: ((id: string) => boolean) | undefined;
}

/** `unit` is the position in the list of units that the entry was put with. `score` is the BM25F score, above 0. */
export interface WordIndexHit {
  readonly id: string;
  readonly unit: number;
  readonly score: number;
}

export interface AskOptions {
  /** Units that may be found. Default: all. */
  readonly allowed?: RowBitmap | undefined;
  /**
   * "near": words of near meaning are reached, if the index was given meanings. "written": they are not. "typed": nor are inflections and words
   * with other accents or edits, which an index that was just opened knows only after `relate`. Default: "near".
   */
  readonly reach?: Reach | undefined;
}

/** One query's answer. */
export interface WordAnswer {
  /** The share of the query, 0 to 1, that is typing errors and unfinished words. A vector does not represent these. */
  readonly misspelt: number;
  /** The share of the query, 0 to 1, that is codes which no unit has. Others that are like them are not meant. */
  readonly absent: number;
  /** The best units by the BM25F score, or by all evidence of words together, roughly: then `score` is of no meaning. */
  best(k: number, by?: "score" | "evidence"): WordIndexHit[];
  /** The evidence for any unit, exactly; undefined for one that the query or the filter leaves out, or that is not present. */
  evidenceOf(id: string, unit: number): WordEvidence | undefined;
  /**
   * The words of a unit that count for the query, as they are indexed; without stop words, unless the query has no others, and without
   * distantly related ones.
   */
  matchedIn(id: string, unit: number): string[];
  /** The single letters and digits of the query that a unit has beside words of `matchedIn`: they count where they touch one of these. */
  shortIn(id: string, unit: number): string[];
  /** True if the query is the text of the unit or one of its fields, word for word. */
  isWhole(id: string, unit: number): boolean;
}

type EvidenceOf = (unit: number) => WordEvidence;

const IS_ONE_SIGN = /^[a-z\d]$/;
/** The share of deleted entries, or of the bytes of their words, at which the index is stale, and the least numbers of them. */
const STALE = { share: 0.3, entries: 256, bytes: 65_536 };

/**
 * An inverted index of words. It finds units of entries (passages) by BM25F: a word counts the more the rarer it is, and with its
 * weight in a field or the text. Entries are put, replaced and deleted at any time; scores are at once those of an index that was
 * built from the present entries.
 */
export class WordIndex {
  /** Called when units got other numbers, before anything else runs: bitmaps of units that were made before are wrong from then on. */
  onRenumbered: (() => void) | undefined;
  readonly #options: WordIndexOptions;
  readonly #scores = new WordScores();
  readonly #counts = new WordCounts();
  readonly #numbers: WordNumbers = {
    numberOf: (word) => this.#number(word),
    numberIn: (text, start, end) =>
      this.#vocabulary.numberIn(text, start, end) ?? this.#number(text.slice(start, end).toLowerCase()),
  };
  #units = new UnitColumns();
  #vocabulary: Vocabulary;
  #meanings: WordMeanings | undefined;
  /** Made from the vocabulary, and not saved. */
  #near: NearWords | undefined;
  /** The number of present units with each word. */
  #documents = growingWords();
  #postings = new Postings();
  #sequences = new Sequences();
  /** Bytes of the sequences of deleted units. */
  #deletedBytes = 0;

  constructor(options: WordIndexOptions = {}) {
    this.#options = options;
    this.#vocabulary = this.#emptyVocabulary();
    if (options.meanings) this.useMeanings(options.meanings);
  }

  /**
   * Opens what `saved` wrote, for any stemmer. It answers at once as it did, but the first answer takes long unless `relate` was called before or
   * it reaches words as they were typed only. Fails with `bad-snapshot`.
   */
  static async open(bytes: Uint8Array, options: WordIndexOptions = {}): Promise<WordIndex> {
    const saved = await readSavedWords(bytes);
    const index = new WordIndex(options);
    try {
      await index.#take(saved);
    } catch (error) {
      if (error instanceof RangeError) throw badWords(error.message, "whole units and postings");
      throw error;
    }
    return index;
  }

  /** The farthest words that a query reaches without waiting for `relate`. */
  get reach(): Reach {
    if (!this.#vocabulary.isRelated) return "typed";
    return this.#near?.isWhole === false ? "written" : "near";
  }

  /** Learns inflections and words of near meaning of all its words. It yields to the event loop; the index may change meanwhile. */
  async relate(): Promise<void> {
    const slices = new Slices();
    while (this.reach !== "near") {
      await this.#vocabulary.relate(slices);
      await this.#near?.takeAllIn(slices);
    }
  }

  /** From now on a query also reaches words of near meaning, after `relate` without a delay. An index that has meanings keeps them. */
  useMeanings(meanings: WordMeanings): void {
    if (this.#meanings) return;
    this.#meanings = meanings;
    this.#near = new NearWords({ meanings, vocabulary: this.#vocabulary, leftOut: this.#options.stopWords });
  }

  /** The pieces of a snapshot, with nothing of deleted entries. The index must not change until this resolves. */
  async saved(): Promise<Uint8Array[]> {
    if (this.#units.deletedEntries > 0) await this.tidy();
    const { lengths, fieldLengths: fields } = this.#units;
    const sizes = Uint32Array.from(lengths, (_, unit) => this.#sequences.lengthOf(unit));
    const fieldLengths = Uint32Array.from(fields);
    return savedWords({
      words: this.#vocabulary.words,
      entries: this.#units.placed().map(({ id, count }) => ({ id, units: count })),
      units: { sequences: this.#sequences.stored, sizes, lengths, fieldLengths },
      postings: this.#postings.saved(),
    });
  }

  get entries(): number {
    return this.#units.entries;
  }

  get units(): number {
    return this.#units.units;
  }

  /** Bytes of all lists, without the words and ids themselves. */
  get bytes(): number {
    const lists = [this.#postings, this.#sequences, this.#units, this.#documents];
    return lists.reduce((sum, { bytes }) => sum + bytes, this.#near?.bytes ?? 0);
  }

  /** Puts an entry in place of the former one of this id. */
  put(id: string, units: readonly WordUnit[]): void {
    const numbered = units.map((unit) => runsOf(unit, this.#numbers));
    this.delete(id);
    this.#place(id, numbered);
  }

  delete(id: string): boolean {
    const placed = this.#units.deleteEntry(id);
    for (let i = 0; i < (placed?.count ?? 0); i++) this.#forget(placed!.first + i);
    return placed !== undefined;
  }

  /** True if deleted entries take so much of the memory that `tidy` is worth its time. */
  get isStale(): boolean {
    const entries = this.#units.deletedEntries;
    const bytes = this.#deletedBytes;
    return (
      (entries >= STALE.entries && entries >= STALE.share * (entries + this.#units.entries)) ||
      (bytes >= STALE.bytes && bytes >= STALE.share * this.#sequences.storedBytes)
    );
  }

  /**
   * Makes all lists again without deleted entries and their words. It yields to the event loop, and searches go on meanwhile. The
   * index must not change until it resolves.
   */
  async tidy(): Promise<void> {
    const fresh = new WordIndex({ ...this.#options, meanings: this.#meanings });
    const slices = new Slices();
    const { words } = this.#vocabulary;
    const numberOf = (word: number) => fresh.#number(words[word]!);
    for (const { id, first, count } of this.#units.placed()) {
      const units = Array.from({ length: count }, (_, i) => renumbered(this.#sequences.runs(first + i), numberOf));
      fresh.#place(id, units);
      await slices.pause();
    }
    this.#become(fresh);
  }

  #become(other: WordIndex): void {
    [this.#vocabulary, this.#near, this.#documents] = [other.#vocabulary, other.#near, other.#documents];
    [this.#postings, this.#sequences, this.#units] = [other.#postings, other.#sequences, other.#units];
    this.#deletedBytes = 0;
    this.onRenumbered?.();
  }

  /** The best units, best first; of equal ones the one that was put earlier first. */
  search(text: string | WordQuery, { k, allows }: WordSearchOptions): WordIndexHit[] {
    return this.ask(text, { allowed: allows && finished(this.unitsOf(allows)) }).best(k);
  }

  /** The units of allowed entries, as `UnitColumns.marked`; from the beginning again if `tidy` has renumbered them. */
  *unitsOf(allows: (id: string) => boolean, memory?: RowBitmap): Generator<void, RowBitmap> {
    for (;;) {
      const units = this.#units;
      const bitmap = yield* units.marked({ allows, memory, isCurrent: () => this.#units === units });
      if (bitmap) return bitmap;
    }
  }

  /** How rare a word is among the units, with its inflections; 0 for a text without words. A word that no unit has is the rarest. */
  rarityOf(text: string): number {
    const { documentsOf, rarityOf, stopWords } = this.#known;
    return tokensOf(text).reduce((most, { word }) => {
      const documents = this.#vocabulary.sameStem(word).reduce((sum, number) => sum + documentsOf(number), 0);
      return Math.max(most, rarityOf(documents) * stopFactor(stopWords?.has(word) === true));
    }, 0);
  }

  /** Reads a query once, for several calls. The answer is valid until the index changes. */
  ask(text: string | WordQuery, { allowed, reach = "near" }: AskOptions = {}): WordAnswer {
    const query = typeof text === "string" ? readWordQuery(text) : text;
    const known = this.#known;
    const indexed = { ...known, areNeighbours: (words: readonly string[]) => this.#has({ words, identifiers: [] }) };
    const parted = reach === "typed" ? [] : query.words.filter((word) => isInParts(word, indexed));
    const read = query.words.flatMap((word) => {
      if (parted.includes(word)) return [];
      return askedWords(word, reach, indexed).map((asked) => ({ ...asked, word: word.word }));
    });
    const asked = read.toSorted((a, b) => b.rarity - a.rarity);
    const units = { ...this.#scored, present: this.#allowed(query, allowed) };
    const scored = { of: units, rarestFirst: asked, read: evidenceReader(asked, units) };
    const evidenceOf = this.#withQuotations([...query.quotations, ...phrasesOf(parted)], scored.read);
    // A code is an identifier, which counts more than a word.
    const rarity = IDENTIFIER_FACTOR * known.rarityOf(0);
    return {
      misspelt: misspeltShare(asked),
      absent: reach === "typed" ? 0 : absentShare(query, { asked: read, rarity }, indexed),
      best: (k, by) =>
        this.#scores.best(scored, k, by).map(({ unit, score }) => ({ ...this.#units.entryOf(unit), score })),
      evidenceOf: (id, unit) => {
        const number = this.#units.unitOf(id, unit);
        if (number === undefined || !hasBit(units.present, number)) return undefined;
        return evidenceOf(number);
      },
      matchedIn: (id, unit) => {
        const number = this.#units.unitOf(id, unit);
        return number === undefined ? [] : telling(this.#matched(number, asked));
      },
      shortIn: (id, unit) => {
        const number = this.#units.unitOf(id, unit);
        return number === undefined ? [] : this.#matched(number, asked).filter((word) => IS_ONE_SIGN.test(word));
      },
      isWhole: (id, unit) => {
        const number = this.#units.unitOf(id, unit);
        return number !== undefined && this.#isWhole(number, query.sequence);
      },
    };
  }

  #withQuotations(quotations: readonly Phrase[], read: EvidenceOf): EvidenceOf {
    if (quotations.length === 0) return read;
    const { present } = this.#units;
    const { rarityOf } = this.#known;
    const quoted = quotedIn(quotations, { unitsWith: (phrase) => this.#unitsWith(phrase, present), rarityOf });
    return (unit) => {
      const evidence = read(unit);
      return { ...evidence, names: evidence.names + quoted(unit) };
    };
  }

  #matched(unit: number, asked: readonly AskedWord[]): string[] {
    const seen = meantWords(asked).flatMap(({ words }) => words.filter(({ isDistant }) => !isDistant));
    const counted = [...new Set(seen.map(({ word }) => word))];
    const found = new Set<number>();
    this.#sequences.eachWord(unit, new WordSlots(counted), (slot) => void found.add(slot));
    return Array.from(found, (slot) => this.#vocabulary.words[counted[slot]!]!);
  }

  #isWhole(unit: number, sequence: readonly string[]): boolean {
    const { words } = this.#vocabulary;
    return this.#sequences
      .runs(unit)
      .some((run) => run.words.length === sequence.length && run.words.every((word, i) => words[word] === sequence[i]));
  }

  get #scored(): ScoredUnits {
    const { lengths, fieldLengths, hasFields, present, means } = this.#units;
    return {
      ...{ postings: this.#postings, sequences: this.#sequences, lengths, fieldLengths, hasFields, present },
      room: this.#sequences.units,
      meanText: means.text,
      meanFields: means.fields,
    };
  }

  get #known(): KnownWords {
    const documentsOf = (number: number) => this.#documents.values[number]!;
    const { units } = this.#units;
    const rarityOf = (postings: number) => {
      const documents = Math.min(units, postings);
      return Math.log(1 + (units - documents + 0.5) / (documents + 0.5));
    };
    const { stopWords, isCompounding } = this.#options;
    return { vocabulary: this.#vocabulary, near: this.#near, documentsOf, rarityOf, stopWords, isCompounding };
  }

  /**
   * The units that a query may find: those with all its phrases, of entries that the filter allows and that have none of its exclusions. Of
   * quotations, those must be there that say little without their order.
   */
  #allowed({ phrases, quotations, without }: WordQuery, given?: RowBitmap): RowBitmap {
    const { present } = this.#units;
    const needed = [...phrases, ...quotations.filter((phrase) => saysLittle(phrase, this.#options.stopWords))];
    if (needed.length + without.length === 0 && !given) return present;
    let allowed: RowBitmap = given ? present.map((bits, i) => bits & (given[i] ?? 0)) : present.slice();
    for (const phrase of needed) allowed = this.#unitsWith(phrase, allowed);
    if (without.length === 0) return allowed;
    const excluded = new Set<number>();
    for (const phrase of without) {
      for (const unit of unitsOf(this.#unitsWith(phrase, present))) excluded.add(this.#units.ownerOf(unit));
    }
    for (const unit of unitsOf(allowed)) {
      if (excluded.has(this.#units.ownerOf(unit))) clearBit(allowed, unit);
    }
    return allowed;
  }

  #has(phrase: Phrase): boolean {
    return this.#unitsWith(phrase, this.#units.present).some((bits) => bits !== 0);
  }

  #unitsWith(phrase: Phrase, within: RowBitmap): RowBitmap {
    const [vocabulary, postings, sequences] = [this.#vocabulary, this.#postings, this.#sequences];
    return unitsWithPhrase(phrase, within, { vocabulary, postings, sequences });
  }

  #emptyVocabulary(): Vocabulary {
    return new Vocabulary(this.#options.stem ?? ((word) => word));
  }

  #number(word: string): number {
    const known = this.#vocabulary.numberOf(word);
    if (known !== undefined) return known;
    this.#postings.addWord();
    this.#documents.push(0);
    const number = this.#vocabulary.add(word);
    this.#near?.add(number);
    return number;
  }

  #place(id: string, units: readonly (readonly NumberedRun[])[]): void {
    this.#units.addEntry(id, units.length);
    for (const runs of units) {
      const unit = this.#sequences.add(runs);
      this.#counts.count(runs, this.#vocabulary.size);
      this.#addCounted(unit);
    }
  }

  /** Takes the place of nothing: the index is new. */
  async #take({ words, entries, units, postings }: SavedWords): Promise<void> {
    const slices = new Slices();
    this.#vocabulary.take(words);
    this.#postings = Postings.open(postings);
    await slices.pause();
    this.#documents.take(postings.counts.slice());
    this.#sequences = Sequences.open(units.sequences.slice(), units.sizes);
    await slices.pause();
    this.#units.take(entries, { text: units.lengths, fields: units.fieldLengths });
  }

  /** Adds the postings of a unit whose words were counted. */
  #addCounted(unit: number): void {
    const counts = this.#counts;
    for (const word of counts.words) {
      this.#postings.add(word, unit, counts.textOf(word), counts.fieldsOf(word));
      this.#documents.values[word]!++;
    }
    this.#units.addUnit(counts.textLength, counts.fieldLength);
  }

  /** Takes the words of a deleted unit from the numbers of units that have them. */
  #forget(unit: number): void {
    this.#deletedBytes += this.#sequences.lengthOf(unit);
    this.#counts.count(this.#sequences.runs(unit), this.#vocabulary.size);
    for (const word of this.#counts.words) this.#documents.values[word]!--;
  }
}

/** Single letters and digits, as identifiers have, are in most texts: they are told only if nothing else is. */
function telling(words: readonly string[]): string[] {
  const longer = words.filter((word) => !IS_ONE_SIGN.test(word));
  return longer.length > 0 ? longer : [...words];
}

/** The parts of these identifiers, once each. */
function phrasesOf(identifiers: readonly QueryWord[]): Phrase[] {
  const phrases = identifiers.map(({ parts = [] }) => ({ words: parts, identifiers: [] }));
  return [...new Map(phrases.map((phrase) => [phrase.words.join(" "), phrase])).values()];
}

function finished(making: Generator<void, RowBitmap>): RowBitmap {
  let step = making.next();
  while (!step.done) step = making.next();
  return step.value;
}
