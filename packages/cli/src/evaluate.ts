import { readFile } from "node:fs/promises";
import { type Answer, measuresOf, ndcgAt, PipitError, type SearchEngine } from "@pipit/core";
import { createEdgeEngine } from "@pipit/edge/client";
import { type Command, usage } from "./command.ts";
import { type JudgedQuery, readJudgedQueries } from "./judged-queries.ts";

/** As many hits as the deepest measure counts. */
const DEPTH = 100;
/** Queries that are listed because nothing relevant is among their first ten hits. */
const MOST_LISTED = 20;

interface Asked extends Answer {
  readonly query: string;
}

/** Asks a server's collection judged queries, and prints the usual measures of ranking. */
export const evaluate: Command = {
  name: "eval",
  summary: "measure how well a collection answers judged queries of your own",
  argument: {
    value: "QUERIES.jsonl",
    help: 'a file with a line for each query: {"query": "...", "relevant": ["id", ...]}',
  },
  options: {
    collection: { value: "NAME", help: "the collection to ask" },
    url: { value: "URL", help: "the server (default http://127.0.0.1:3000)" },
    key: { value: "KEY", help: "the server's key (default PIPIT_KEY)" },
  },
  async run({ argument = "", options }, print) {
    const { collection, url = "http://127.0.0.1:3000", key = process.env.PIPIT_KEY } = options;
    if (collection === undefined) throw usage("no --collection", "--collection NAME", evaluate);
    const queries = readJudgedQueries(await textOf(argument));
    const engine = createEdgeEngine({ url, collection, key });
    try {
      report(await answersTo(queries, engine), print);
    } finally {
      await engine.close();
    }
    return 0;
  },
};

async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error) => {
    throw new PipitError("bad-input", {
      got: `the file ${path} (${error.code})`,
      expected: "a file with judged queries that can be read",
      do: "Name another file.",
    });
  });
}

async function answersTo(queries: readonly JudgedQuery[], engine: SearchEngine): Promise<Asked[]> {
  const answers: Asked[] = [];
  for (const { query, gains } of queries) {
    const { hits } = await engine.search(query, { k: DEPTH });
    answers.push({ query, gains, ranked: hits.map(({ id }) => id) });
  }
  return answers;
}

function report(answers: readonly Asked[], print: (line: string) => void): void {
  const answered = answers.filter(({ gains }) => gains.size > 0);
  print(
    `${answers.length} queries, ${answers.length - answered.length} of them without an answer, which count in no measure`,
  );
  if (answered.length === 0) return;
  const { ndcg10, recall100, mrr10, firstFive } = measuresOf(answered);
  for (const [name, value] of Object.entries({
    "nDCG@10": ndcg10,
    "recall@100": recall100,
    "MRR@10": mrr10,
    "in first 5": firstFive,
  }))
    print(`${name.padEnd(12)}${value.toFixed(3)}`);
  const missed = answered.filter((answer) => ndcgAt(answer, 10) === 0);
  if (missed.length === 0) return;
  print(`nothing relevant among the first ten for ${missed.length}:`);
  for (const { query, ranked } of missed.slice(0, MOST_LISTED)) print(`  ${query}  (first: ${ranked[0] ?? "no hit"})`);
}
