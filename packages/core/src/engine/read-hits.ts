import { LimitError } from "../bad-input.ts";
import { copyOfFields } from "../checks/check-fields.ts";
import type { Fields } from "../entry.ts";
import { throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import { LIMITS } from "../limits.ts";
import type { CollectionHit, CollectionSearch, ReadableCollection } from "../ports/collection.ts";
import type { EntryText } from "../ports/entry-store.ts";
import type { TextRange } from "../ports/evidence.ts";
import type { Locus } from "../ports/locus.ts";
import type { FoundEntry, Hit } from "../ports/search-engine.ts";
import { compileFilter } from "../search/compile-filter.ts";
import { matchingRanges, unionOf } from "../words/matching-ranges.ts";
import { titlesOf } from "../words/titles.ts";
import { tokensOf } from "../words/tokens.ts";
import { tokenMatches } from "./token-matches.ts";

const AT_ONCE = 50;

export interface HitsToRead extends Pick<CollectionSearch, "k" | "filter" | "signal"> {
  /** The words of a text's tokens, as `TokenEmbedder.ranges`. Missing where no tokens are compared. */
  readonly tokenRanges?: ((text: string) => readonly TextRange[]) | undefined;
}

interface ReadHits {
  readonly hits: Hit[];
  /** Hits that were left out: their entries changed after the search. */
  readonly changed: number;
}

/**
 * The first `k` hits with their entries. Each entry is checked after it was read: it may have been removed or replaced after the search, and
 * filters may guard access. Entries are read in groups: a thousand of the longest would take hundreds of megabytes, and the call
 * fails before all are in memory. Fails with a `LimitError` beyond `LIMITS.answerCharacters`.
 */
export async function readHits(
  collection: Pick<ReadableCollection, "getMany">,
  found: readonly CollectionHit[],
  { k, filter, signal, tokenRanges }: HitsToRead,
): Promise<ReadHits> {
  const allows = filter === undefined ? () => true : compileFilter(filter);
  const hits: Hit[] = [];
  let characters = 0;
  let changed = 0;
  const slices = new Slices();
  for (let from = 0; from < found.length; from += AT_ONCE) {
    throwIfAborted(signal);
    const some = found.slice(from, from + AT_ONCE);
    const stored = await collection.getMany(some.map(({ id }) => id));
    for (const [i, hit] of some.entries()) {
      if (hits.length === k) break;
      const entry = stored[i];
      if (entry && holds(entry, hit) && allows(entry.fields)) {
        hits.push(hitOf(hit, entry, tokenRanges));
        characters += charactersOf(hit, entry);
      } else changed++;
    }
    if (characters > LIMITS.answerCharacters) throw tooLong(hits.length, characters);
    await slices.pause();
  }
  return { hits, changed };
}

/**
 * False if the entry was written again, or embedded again, after the part was found. A passage without a row has no number of its own: it
 * is the same if the words that it was found by are still there. A medium is the same if its place has one with its digest.
 */
function holds({ text, passages, fields, media }: EntryText, { part, words }: CollectionHit): boolean {
  if ("locus" in part) {
    const { locus, digest } = part;
    return locus.modality === "text" ? locus.end <= text.length : media?.[locus.medium]?.digest === digest;
  }
  if ("row" in part) return passages.some(({ row }) => row === part.row);
  const { start, end } = part;
  if (end > text.length) return false;
  const present = new Set(tokensOf([text.slice(start, end), ...titlesOf(fields)].join("\n")).map(({ word }) => word));
  return words.every((word) => present.has(word));
}

function hitOf(hit: CollectionHit, stored: EntryText, tokenRanges: HitsToRead["tokenRanges"]): Hit {
  const { id, score, evidence } = hit;
  const match = evidence.cosine === undefined && ({ match: "words" } as const);
  const found = { id, score, evidence, ...match, entry: foundEntry(stored) };
  if ("locus" in hit.part) return { ...found, part: partAt(hit.part.locus, stored.text), matches: [] };
  const { start, end } = hit.part;
  const part = partAt({ modality: "text", start, end }, stored.text);
  const within = matchesIn(stored.text.slice(start, end), hit, tokenRanges);
  const matches = within.map((range) => ({ start: start + range.start, end: start + range.end }));
  return { ...found, part, matches };
}

/** A copy. A store in memory returns its own objects, which callers must not change. */
export function foundEntry({ id, text, fields, media }: EntryText): FoundEntry {
  const entry = { id, text, fields: copyOfFields(fields) };
  return media ? { ...entry, media: media.map((medium) => ({ ...medium })) } : entry;
}

function partAt(locus: Locus, text: string): Hit["part"] {
  return locus.modality === "text" ? { ...locus, text: text.slice(locus.start, locus.end) } : locus;
}

/** The words that count for the query as they are written, and those that its tokens found by their meaning. */
function matchesIn(
  text: string,
  { words, short, tokens }: CollectionHit,
  tokenRanges: HitsToRead["tokenRanges"],
): TextRange[] {
  const written = words.length === 0 ? [] : matchingRanges(text, words, short);
  if (!tokens || !tokenRanges) return written;
  return unionOf([...written, ...tokenMatches(text, { parts: tokens, ranges: tokenRanges(text) })]);
}

function charactersOf({ part }: CollectionHit, { text, fields }: EntryText): number {
  const marked = "start" in part ? part.end - part.start : 0;
  return text.length + marked + charactersOfFields(fields);
}

function charactersOfFields(fields: Fields): number {
  let characters = 0;
  for (const [name, value] of Object.entries(fields)) {
    characters += name.length;
    // Each value counts one more, or a list of empty texts would count nothing.
    for (const one of Array.isArray(value) ? value : [value]) characters += String(one).length + 1;
  }
  return characters;
}

function tooLong(hits: number, characters: number): LimitError {
  return new LimitError(
    `${hits} hits of ${characters} characters`,
    `at most ${LIMITS.answerCharacters} characters in an answer`,
    "Ask for fewer hits with `k`, or add long texts as several entries.",
  );
}
