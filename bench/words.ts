import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { WordIndex, wordsOfLanguage } from "@pipit/core";
import { starterMeanings } from "@pipit/starter";
import { type Bench, type BenchReport, type BenchRow, type Goal, type Log, spread } from "./bench.ts";
import { haveOutsideText, importOutsideText } from "./relevance/outside-text.ts";
import { starter } from "./relevance/starter-model.ts";
import { quizQuestions, textbookPassages } from "./textbook-passages.ts";

/** What an index of words is asked to do; a rival does the same. */
interface Words {
  add(id: string, text: string): void;
  /** Ids of the ten best. */
  search(query: string): string[];
}

interface MiniSearch {
  add(document: object): void;
  search(query: string): { readonly id: string }[];
}

const PASSAGES = 100_000;
const QUERIES = 300;
const GOALS = { rate: 20_000, memory: 60, snapshot: 25, median: 3 };
const MEGABYTE = 1e6;

export const bench: Bench = {
  name: "words",
  question: "How fast is the index of words made and asked, and what does it take, beside MiniSearch?",
  run,
};

async function run(
  log: Log,
  { count = PASSAGES, rivals }: { count?: number | undefined; rivals?: readonly string[] | undefined },
): Promise<BenchReport> {
  const passages = textbookPassages(count);
  const queries = quizQuestions(QUERIES);
  const index = new WordIndex(await wordsOfLanguage("en"));
  const row = { ...measured("pipit", wordsIn(index), passages, queries), ...(await saved(index)) };
  const meanings = starterMeanings(starter);
  const soft = new WordIndex({ ...(await wordsOfLanguage("en")), meanings });
  const softRow = measured("pipit, with words of near meaning", wordsIn(soft), passages, queries);
  const others = rivals?.includes("minisearch") === false ? [] : await minisearch(passages, queries, log);
  return { rows: [row, softRow, ...others], goals: goalsOf(row, count) };
}

function wordsIn(index: WordIndex): Words {
  return {
    add: (id, text) => index.put(id, [{ text }]),
    search: (query) => index.search(`${query} `, { k: 10 }).map(({ id }) => id),
  };
}

function measured(subject: string, words: Words, passages: readonly string[], queries: readonly string[]) {
  const before = usedBytes();
  const began = performance.now();
  for (const [i, text] of passages.entries()) words.add(`${i}`, text);
  const seconds = (performance.now() - began) / 1000;
  const memory = (usedBytes() - before) / MEGABYTE;
  for (const query of queries) words.search(query);
  const times = queries.map((query) => {
    const asked = performance.now();
    words.search(query);
    return performance.now() - asked;
  });
  const { median, p95, std } = spread(times);
  const search = { "p50 ms": round(median), "p95 ms": round(p95), "std ms": round(std) };
  return {
    subject,
    passages: passages.length,
    "passages/s": Math.round(passages.length / seconds),
    "MB in memory": round(memory),
    ...search,
  };
}

async function saved(index: WordIndex): Promise<BenchRow> {
  const began = performance.now();
  const pieces = await index.saved();
  const bytes = Buffer.concat(pieces);
  const between = performance.now();
  await WordIndex.open(bytes, await wordsOfLanguage("en"));
  const [save, open] = [between - began, performance.now() - between];
  return { "snapshot MB": round(bytes.length / MEGABYTE), "save ms": Math.round(save), "open ms": Math.round(open) };
}

async function minisearch(passages: readonly string[], queries: readonly string[], log: Log): Promise<BenchRow[]> {
  if (!haveOutsideText(["minisearch"], log)) return [];
  const MiniSearch = await importOutsideText<new (options: object) => MiniSearch>("minisearch");
  const { stem, stopWords } = await wordsOfLanguage("en");
  const processTerm = (term: string) => {
    const word = term.toLowerCase();
    return stopWords?.has(word) ? undefined : (stem?.(word) ?? word);
  };
  const index = new MiniSearch({ fields: ["text"], processTerm });
  const words: Words = {
    add: (id, text) => index.add({ id, text }),
    search: (query) =>
      index
        .search(query)
        .slice(0, 10)
        .map(({ id }) => id),
  };
  return [measured("minisearch, stemmed", words, passages, queries)];
}

function goalsOf(row: BenchRow, count: number): Goal[] {
  if (count < PASSAGES) return [];
  const least = (figure: string, goal: number): Goal => ({
    figure,
    goal: `>= ${goal}`,
    got: Number(row[figure]),
    met: Number(row[figure]) >= goal,
  });
  const most = (figure: string, goal: number): Goal => ({
    figure,
    goal: `<= ${goal}`,
    got: Number(row[figure]),
    met: Number(row[figure]) <= goal,
  });
  return [
    least("passages/s", GOALS.rate),
    most("MB in memory", GOALS.memory),
    most("snapshot MB", GOALS.snapshot),
    most("p50 ms", GOALS.median),
  ];
}

function usedBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
