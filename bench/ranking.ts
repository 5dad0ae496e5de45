import {
  type CollectionQuery,
  type CollectionSearch,
  createMemoryStore,
  type EmbeddedEntry,
  MINILM_SPACE,
  openCollection,
  type ReadableCollection,
  type TokensOfQuery,
} from "@pipit/core";
import { starterMeanings } from "@pipit/starter";
import { below, gauss, type Random, seeded, unitRows } from "@pipit/test/fixtures/seeded";
import { loadIndex, loadTokenScorer } from "@pipit/wasm/node";
import {
  type Bench,
  type BenchOptions,
  type BenchReport,
  type BenchRow,
  type Goal,
  type Log,
  spread,
} from "./bench.ts";
import { starter } from "./relevance/starter-model.ts";
import { quizQuestions, textbookPassages } from "./textbook-passages.ts";

const COUNT = 100_000;
const QUERIES = 150;
/** The first round is not counted. */
const ROUNDS = 5;
const K = 10;
const BATCH = 2000;
const SEED = 100;
const TOKENS = { id: "5".repeat(32), dimensions: 128 };
const BYTES_OF_TOKEN = 16;
const TOKENS_PER_WORD = 1.3;
const MOST_TOKENS = 254;
const YEARS = 1000;
const GOALS = [
  { ranking: "words", figure: "p50 ms", most: 3 },
  { ranking: "both", figure: "p50 beyond nearest ms", most: 8 },
  { ranking: "both, with tokens", figure: "p50 beyond nearest ms", most: 20 },
];

export const bench: Bench = {
  name: "ranking",
  question: `What does a search of ${COUNT.toLocaleString("en")} passages take by each ranking, beside nearest vectors alone?`,
  run,
};

type Asked = readonly [CollectionQuery, CollectionSearch];

interface Question {
  readonly text: string;
  readonly vector: Float32Array;
  /** A random one for each word. */
  readonly tokens: TokensOfQuery;
}

async function run(log: Log, { count = COUNT }: BenchOptions): Promise<BenchReport> {
  const collection = await builtCollection(count, log);
  const { kind, recall = 1 } = (await collection.stats()).index;
  const times = await timesOf(collection, quizQuestions(QUERIES).map(questionOf), log);
  const nearest = times.get(NEAREST)!;
  const rows = Array.from(times, ([ranking, each]) => rowOf(ranking, each, nearest));
  return { rows: rows.map((row) => ({ ...row, index: kind, "recall@10": recall })), goals: goalsOf(rows, count) };
}

const NEAREST = "nearest vectors";
const WAYS: Readonly<Record<string, (question: Question, at: number) => Asked>> = {
  [NEAREST]: ({ vector }) => [{ vector }, { k: K }],
  words: ({ text }) => [{ text }, { k: K }],
  both: ({ text, vector }) => [{ text, vector }, { k: K }],
  "both, with tokens": (question) => [question, { k: K }],
  // Another bound each time: of a filter that was asked before, what it allows is remembered.
  "both, with a new filter": ({ text, vector }, at) => [
    { text, vector },
    { k: K, filter: { field: "year", range: { from: YEARS / 2 + at / 1e6 } } },
  ],
};

function questionOf(text: string): Question {
  const words = text.split(/\s+/);
  const random = seeded(words.length);
  const vectors = Float32Array.from({ length: words.length * TOKENS.dimensions }, () => gauss(random));
  return {
    // The space ends the last word: it is whole.
    text: `${text} `,
    vector: Float32Array.from(starter.encode(text)),
    tokens: { space: TOKENS, vectors: unitRows(vectors, TOKENS.dimensions), words },
  };
}

async function builtCollection(count: number, log: Log): Promise<ReadableCollection> {
  const [index, scorer] = await Promise.all([loadIndex(), loadTokenScorer()]);
  const store = createMemoryStore(MINILM_SPACE);
  const collection = await openCollection({ store, index, scorer, meanings: starterMeanings(starter) });
  const random = seeded(SEED);
  const entries = textbookPassages(count).map((text, i) => entryOf(`passage-${i + 1}`, text, random));
  for (let from = 0; from < count; from += BATCH) {
    await collection.upsert(entries.slice(from, from + BATCH));
    log(`${Math.min(count, from + BATCH)} of ${count} passages`);
  }
  return collection;
}

/** All have random tokens: how long these take does not depend on what they are. */
function entryOf(id: string, text: string, random: Random): EmbeddedEntry {
  const count = Math.min(MOST_TOKENS, Math.round(TOKENS_PER_WORD * text.split(" ").length));
  return {
    ...{ id, text, fields: { year: below(random, YEARS) }, producer: "starter", provisional: false },
    passages: [{ start: 0, end: text.length }],
    vectors: Float32Array.from(starter.encode(text)),
    tokens: {
      space: TOKENS.id,
      counts: [count],
      bits: Uint8Array.from({ length: count * BYTES_OF_TOKEN }, () => below(random, 256)),
    },
  };
}

/** Milliseconds of each question, by way. In a round each way asks all of them in a row, as visitors who ask in one way do. */
async function timesOf(collection: ReadableCollection, questions: readonly Question[], log: Log) {
  const times = new Map(Object.keys(WAYS).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    log(`round ${round} of ${ROUNDS}`);
    for (const [name, ask] of Object.entries(WAYS)) {
      for (const [at, question] of questions.entries()) {
        const began = performance.now();
        await collection.search(...ask(question, round * questions.length + at));
        if (round > 0) times.get(name)!.push(performance.now() - began);
      }
    }
  }
  return times;
}

function rowOf(ranking: string, times: readonly number[], nearest: readonly number[]): BenchRow {
  const { min, median, p95, std } = spread(times);
  const figures = {
    "min ms": min,
    "p50 ms": median,
    "p95 ms": p95,
    "std ms": std,
    "p50 beyond nearest ms": beyond(times, nearest),
  };
  return {
    ranking,
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))])),
  };
}

/** The median of the differences by question and round. */
function beyond(times: readonly number[], nearest: readonly number[]): number {
  return spread(times.map((time, i) => time - nearest[i]!)).median;
}

function goalsOf(rows: readonly BenchRow[], count: number): Goal[] {
  if (count < COUNT) return [];
  return GOALS.map(({ ranking, figure, most }) => {
    const got = Number(rows.find((row) => row.ranking === ranking)![figure]);
    return { figure: `${ranking}, ${figure}`, goal: `<= ${most}`, got, met: got <= most };
  });
}
