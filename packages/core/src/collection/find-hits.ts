import { throwIfAborted } from "../errors.ts";
import type { CollectionHit, CollectionQuery, CollectionSearch } from "../ports/collection.ts";
import type { Passage, UnreadPassage } from "../ports/entry-store.ts";
import type { Evidence } from "../ports/evidence.ts";
import type { RowBitmap } from "../ports/vector-index.ts";
import { compileFilter } from "../search/compile-filter.ts";
import { evidenceSum, probabilitiesOf } from "../search/relevance.ts";
import type { WordAnswer, WordIndexHit } from "../words/word-index.ts";
import { AskedTokens } from "./asked-tokens.ts";
import type { DerivedState } from "./derived-state.ts";
import type { Directory } from "./directory.ts";
import { allowedByWords, furtherCandidates, isEnough, type NearFurther, nearFurther } from "./find-further.ts";
import { fluencyOf } from "./fluency.ts";
import { cosinesOf, type NearRow, nearRows } from "./near-rows.ts";
import { wordedParts } from "./word-units.ts";

/** A query with what bounds its answer. Its space is the collection's. */
export type AskedHits = Omit<CollectionQuery, "space"> & CollectionSearch;

/** A passage that may be a hit. `unit` is its position among the entry's parts that are compared by words. */
interface Candidate {
  readonly id: string;
  readonly unit: number;
  readonly part: Passage | UnreadPassage;
  readonly evidence: Evidence;
}

/** Passages and parts in further spaces that may be hits. */
interface Found {
  readonly near: readonly Candidate[];
  readonly further: readonly NearFurther[];
}

/** Candidates with their words compared, and the answer that knows these. */
interface Worded {
  readonly candidates: readonly Candidate[];
  readonly further: readonly NearFurther[];
  readonly answer: WordAnswer;
}

/** An entry may be the best by all evidence together and by none of it alone. */
const LEAST_CANDIDATES = 100;
/** So many more entries than asked for are candidates by words alone: units come in the order of nearly all evidence of words. */
const MORE_BY_WORDS = 20;
const NEARLY_ALL = 0.999;
/** Those that are compared by their tokens: the best by all other evidence. */
const MOST_BY_TOKENS = 400;
/** The first hits, which people read: only of these it is told which tokens made them hits. */
const MOST_TOLD = 50;

/**
 * The best entries, best first. Candidates are the passages that are nearest to the vector and those that have most of the words; all
 * evidence of each is exact. Parts in further spaces are candidates by their cosines there. An entry counts by the part with the greatest
 * probability.
 */
export async function findHits(derived: DerivedState, query: AskedHits): Promise<CollectionHit[]> {
  const { k, vector, signal } = query;
  const { found, worded } = await gathered(derived, query);
  throwIfAborted(signal);
  const compared = worded ? await withCosines(derived, worded.candidates, vector) : found.near;
  const tokens = AskedTokens.of(query.tokens, derived);
  const candidates = tokens ? withTokens(compared, tokens) : compared;
  const scores = probabilitiesOf(
    candidates.map(({ evidence }) => evidence),
    { read: readOf(query, derived) * (1 - (worded?.answer.misspelt ?? 0)), absent: worded?.answer.absent },
  );
  const scored = candidates.map((candidate, at) => ({ ...candidate, score: scores[at]! }));
  return bestOfEach([...scored, ...furtherCandidates(derived, (worded ?? found).further)])
    .slice(0, k)
    .map((best, place): CollectionHit => {
      if (!("unit" in best)) return { ...best, words: [] };
      const { unit, ...candidate } = best;
      const words = worded?.answer.matchedIn(candidate.id, unit) ?? [];
      const short = worded?.answer.shortIn(candidate.id, unit);
      return {
        ...candidate,
        words,
        short,
        tokens: place < MOST_TOLD ? tokens && partsOf(candidate, tokens) : undefined,
      };
    });
}

interface Gathered {
  readonly found: Found;
  /** Of a query with a text. */
  readonly worded: Worded | undefined;
}

/** More parts of further spaces are looked at if the words of the query leave out too many. */
async function gathered(derived: DerivedState, query: AskedHits): Promise<Gathered> {
  for (let count = Math.max(query.k, LEAST_CANDIDATES); ; count *= 4) {
    const found = await nearest(derived, query, count);
    const worded = query.text === undefined ? undefined : await withWords(derived, found, query);
    throwIfAborted(query.signal);
    if (!worded || isEnough(found.further, worded.further, query.k)) return { found, worded };
  }
}

async function nearest(derived: DerivedState, asked: AskedHits, count: number): Promise<Found> {
  const { vectors } = derived.indexes;
  const { vector, filter, without, signal } = asked;
  const near = vector ? await nearRows(derived, { vector, vectors }, { k: count, filter, without, signal }) : [];
  return { near: near.flatMap(byMeaning(derived)), further: await nearFurther(derived, { ...asked, count }) };
}

/** The share of the query that its vector represents, but for typing errors. */
function readOf({ read = 1 }: AskedHits, { space, indexes }: DerivedState): number {
  return read * fluencyOf(space, indexes.words.language);
}

function partsOf({ part, evidence }: Omit<Candidate, "unit">, tokens: AskedTokens): Float32Array | undefined {
  return evidence.tokens !== undefined && "row" in part ? tokens.partsOf(part.row) : undefined;
}

type Scored = Pick<CollectionHit, "id" | "score" | "evidence">;

/**
 * The best candidate of each entry, best first. Equally probable ones, as when all that is asked for is absent, are in the order of their evidence; of
 * equal ones the first is the one that was found first.
 */
function bestOfEach<C extends Scored>(candidates: readonly C[]): C[] {
  const seen = new Set<string>();
  const isAfter = (a: C, b: C) => b.score - a.score || evidenceSum(b.evidence) - evidenceSum(a.evidence);
  return candidates.toSorted(isAfter).filter(({ id }) => !seen.has(id) && seen.add(id));
}

function byMeaning({ directory }: DerivedState): (row: NearRow) => Candidate[] {
  return ({ id, part, cosine }) =>
    "locus" in part ? [] : [{ id, unit: unitOf(directory, id, part.row), part, evidence: { cosine } }];
}

/** The rows of an entry follow one another, in the order of its passages. */
function unitOf(directory: Directory, id: string, row: number): number {
  return row - (directory.get(id)?.passages[0]?.row ?? row);
}

function withWords(derived: DerivedState, { near, further }: Found, query: AskedHits): Promise<Worded> {
  const { words } = derived.indexes;
  const { text = "", filter, signal } = query;
  // The answer is valid only until the index changes: nothing else may run until all evidence is read.
  const read = async (allowed?: RowBitmap) => {
    // Words of near meaning are a part of the comparison by meaning.
    const reach = query.vector ? "near" : words.index.reach === "typed" ? "typed" : "written";
    const answer = words.index.ask(text, { allowed, reach });
    const candidates = wordCandidates(derived, { near, answer, query });
    return { answer, candidates, further: allowedByWords(derived, further, answer) };
  };
  if (filter === undefined) return read();
  return words.bitmaps.reading(filter, {
    make: (plain, memory) => words.bitmapOf(derived.directory.allowing(compileFilter(plain)), memory),
    read,
    signal,
  });
}

interface Asked {
  readonly near: readonly Candidate[];
  readonly answer: WordAnswer;
  readonly query: AskedHits;
}

/** Candidates by meaning and by words. One that the words of the query exclude is left out. */
function wordCandidates(derived: DerivedState, { near, answer, query }: Asked): Candidate[] {
  const candidates = new Map<string, Candidate>();
  const add = (candidate: Candidate) => {
    if (candidate.id === query.without) return;
    const key = `${candidate.unit} ${candidate.id}`;
    const found = candidates.has(key) ? undefined : answer.evidenceOf(candidate.id, candidate.unit);
    if (!found) return;
    const { score: words, coverage, title, names } = found;
    const whole = coverage > NEARLY_ALL && answer.isWhole(candidate.id, candidate.unit) && { whole: true as const };
    const evidence = { ...candidate.evidence, words, coverage, title, names, ...whole };
    candidates.set(key, { ...candidate, evidence });
  };
  for (const candidate of near) add(candidate);
  for (const { id, unit } of bestUnits(answer, query)) {
    const listing = derived.directory.get(id);
    const part = listing && wordedParts(listing)[unit];
    if (part) add({ id, unit, part, evidence: {} });
  }
  return [...candidates.values()];
}

/** Without a vector, words alone must find more than `k` entries. */
function bestUnits(answer: WordAnswer, { k, vector }: AskedHits): WordIndexHit[] {
  if (vector) return answer.best(Math.max(k, LEAST_CANDIDATES), "evidence");
  const entries = k + MORE_BY_WORDS;
  for (let count = entries; ; count *= 2) {
    const units = answer.best(count, "evidence");
    if (units.length < count || new Set(units.map(({ id }) => id)).size >= entries) return units;
  }
}

/** Candidates that were found by words get their cosines. Those whose row is gone by now are left out. */
async function withCosines(
  derived: DerivedState,
  candidates: readonly Candidate[],
  vector: Float32Array | undefined,
): Promise<Candidate[]> {
  if (!vector) return [...candidates];
  const lacking = candidates.flatMap(({ part, evidence }) =>
    "row" in part && evidence.cosine === undefined ? [part.row] : [],
  );
  const cosines = await cosinesOf(derived, vector, lacking);
  return candidates.flatMap((candidate) => {
    const { part, evidence } = candidate;
    if (!("row" in part) || evidence.cosine !== undefined) return [candidate];
    const cosine = cosines.get(part.row);
    return cosine === undefined ? [] : [{ ...candidate, evidence: { ...evidence, cosine } }];
  });
}

/** Passages that have token vectors get their late interaction with the query. */
function withTokens(candidates: readonly Candidate[], tokens: AskedTokens): Candidate[] {
  const compared = bestOf(candidates, MOST_BY_TOKENS);
  const interactions = tokens.compare(compared.flatMap(({ part }) => ("row" in part ? [part.row] : [])));
  return candidates.map((candidate) => {
    const { part, evidence } = candidate;
    const interaction = "row" in part ? interactions.get(part.row) : undefined;
    return interaction === undefined ? candidate : { ...candidate, evidence: { ...evidence, tokens: interaction } };
  });
}

function bestOf(candidates: readonly Candidate[], most: number): readonly Candidate[] {
  if (candidates.length <= most) return candidates;
  const sums = new Map(candidates.map((candidate) => [candidate, evidenceSum(candidate.evidence)]));
  return candidates.toSorted((a, b) => sums.get(b)! - sums.get(a)!).slice(0, most);
}
