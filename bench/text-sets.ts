import { readFileSync } from "node:fs";
import { dot, type Vectors } from "./vectors.ts";

/** A test set with the texts of both sides, and the figure that their vectors earn (row-major, unit rows). */
export interface TextSet {
  readonly name: string;
  readonly measure: string;
  readonly queries: readonly string[];
  readonly documents: readonly string[];
  score(queries: Vectors, documents: Vectors): number;
}

const DISCOUNT = Array.from({ length: 10 }, (_, rank) => 1 / Math.log2(rank + 2));

/** The four sets, from the folder that holds stsb, xquad, cranfield and banking77. */
export function textSets(folder: string): TextSet[] {
  const read = (path: string) => readFileSync(`${folder}/${path}`, "utf8");
  return [stsb(read), xquad(read), cranfield(read), banking77(read)];
}

type Read = (path: string) => string;

function stsb(read: Read): TextSet {
  const rows = parseCsv(read("stsb/stsb-en-test.csv"));
  const gold = rows.map((row) => Number(row[2]));
  const at = (column: number) => rows.map((row) => row[column]!);
  const score = (left: Vectors, right: Vectors) =>
    spearman(
      gold,
      gold.map((_, i) => dot(left, i, right, i)),
    );
  return { name: "STS-B", measure: "Spearman", queries: at(0), documents: at(1), score };
}

function xquad(read: Read): TextSet {
  interface Paragraph {
    context: string;
    qas: { question: string }[];
  }
  const { data } = JSON.parse(read("xquad/xquad.en.json")) as { data: { paragraphs: Paragraph[] }[] };
  const paragraphs = data.flatMap((article) => article.paragraphs);
  const asked = paragraphs.flatMap(({ qas }, at) => qas.map(({ question }) => ({ question, relevant: new Set([at]) })));
  const queries = asked.map(({ question }) => question);
  return ranked(
    "XQuAD-en",
    queries,
    paragraphs.map(({ context }) => context),
    asked.map(({ relevant }) => relevant),
  );
}

/** The judgements number the questions by their place in the file, not by <num>; any positive grade counts as one. */
function cranfield(read: Read): TextSet {
  const documents = between("text", read("cranfield/cran.all.1400.xml"));
  const queries = between("title", read("cranfield/cran.qry.xml"));
  const relevant = queries.map(() => new Set<number>());
  for (const line of read("cranfield/cranqrel.trec.txt").trim().split("\n")) {
    const [query, , document, grade] = line.trim().split(/\s+/).map(Number);
    if (grade! > 0) relevant[query! - 1]!.add(document! - 1);
  }
  return ranked("Cranfield", queries, documents, relevant);
}

function banking77(read: Read): TextSet {
  const [train, test] = ["train", "test"].map((part) => parseCsv(read(`banking77/${part}.csv`)).slice(1));
  const at = (rows: string[][] | undefined, column: number) => rows!.map((row) => row[column]!);
  const [known, wanted] = [at(train, 1), at(test, 1)];
  const score = (queries: Vectors, documents: Vectors) => {
    const right = wanted.filter((label, i) => known[nearest(queries, i, documents, 1)[0]!] === label);
    return right.length / wanted.length;
  };
  return { name: "Banking77", measure: "1-NN", queries: at(test, 0), documents: at(train, 0), score };
}

function ranked(name: string, queries: string[], documents: string[], relevant: Set<number>[]): TextSet {
  const gain = (queries: Vectors, documents: Vectors, i: number) => {
    const found = nearest(queries, i, documents, 10);
    const got = found.reduce((sum, id, rank) => sum + (relevant[i]!.has(id) ? DISCOUNT[rank]! : 0), 0);
    return got / DISCOUNT.slice(0, relevant[i]!.size).reduce((sum, value) => sum + value, 0);
  };
  const score = (queries: Vectors, documents: Vectors) => {
    const judged = relevant.flatMap((set, i) => (set.size > 0 ? [gain(queries, documents, i)] : []));
    return judged.reduce((sum, value) => sum + value, 0) / judged.length;
  };
  return { name, measure: "nDCG@10", queries, documents, score };
}

/** The `count` documents nearest to a query, best first. */
function nearest(queries: Vectors, query: number, documents: Vectors, count: number): number[] {
  const best: { id: number; score: number }[] = [];
  for (let id = 0; id < documents.rows.length / documents.dimensions; id++) {
    const score = dot(queries, query, documents, id);
    if (best.length === count && score <= best[count - 1]!.score) continue;
    const place = best.findIndex((other) => other.score < score);
    best.splice(place < 0 ? best.length : place, 0, { id, score });
    best.length = Math.min(best.length, count);
  }
  return best.map(({ id }) => id);
}

function spearman(a: number[], b: number[]): number {
  return pearson(ranks(a), ranks(b));
}

/** Equal values share the mean of their ranks. */
function ranks(values: number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) out[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return out;
}

function pearson(a: number[], b: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const shared = sum((i) => (a[i]! - ma) * (b[i]! - mb));
  return shared / Math.sqrt(sum((i) => (a[i]! - ma) ** 2) * sum((i) => (b[i]! - mb) ** 2));
}

function between(tag: string, xml: string): string[] {
  const found = xml.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, "g"));
  return [...found].map((match) => match[1]!.trim().replace(/\s+/g, " "));
}

/** Quoted cells may hold commas, line ends and doubled quotes. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}
