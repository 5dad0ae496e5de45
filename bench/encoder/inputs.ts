import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createTextTokenizer, MINILM } from "@pipit/core";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import { type TextSet, textSets } from "@pipit/test/fixtures/text-sets";
import { shortTexts } from "../short-texts.ts";

export type Rows = readonly (readonly number[])[];

export interface Inputs {
  readonly stsb: TextSet;
  /** Ids of STS-B's first sentences, followed by those of its second sentences. */
  readonly sentences: Rows;
  /** Ids of texts of about a hundred tokens. */
  readonly long: Rows;
  /** Queries, headlines, commands and trivia; every fifth text is a paragraph of a book. */
  readonly mixed: readonly string[];
}

const LONG = { least: 90, most: 110, count: 100 };
/** The number of mixed texts that are timed; texts of the warm-up are additional. */
export const MIXED = 2000;
const WARM = 250;
const PARAGRAPH_EVERY = 5;
// Shorter than the window, so that no engine cuts a text.
const MOST_CHARACTERS = 800;

/** All inputs are drawn with the same seed; token ids are made beforehand. */
export function readInputs(folder: string, tokenizerPath: string): Inputs {
  const { encode } = createTextTokenizer(readFileSync(tokenizerPath), MINILM);
  const sets = textSets(folder);
  const stsb = sets.find(({ name }) => name === "STS-B")!;
  const paragraphs = bookParagraphs(folder);
  return {
    stsb,
    sentences: [...stsb.queries, ...stsb.documents].map(encode),
    long: paragraphs.map(encode).filter(isLong).slice(0, LONG.count),
    mixed: mixedTexts(shortTexts(folder, seeded(1)), paragraphs),
  };
}

function isLong({ length }: readonly number[]): boolean {
  return length >= LONG.least && length <= LONG.most;
}

function mixedTexts(short: readonly string[], paragraphs: readonly string[]): string[] {
  return Array.from({ length: WARM + MIXED }, (_, i) => (i % PARAGRAPH_EVERY === 0 ? paragraphs : short)[i]!);
}

/** The required number of a book's paragraphs, taken from all parts of it. */
function bookParagraphs(folder: string): string[] {
  const text = gunzipSync(readFileSync(`${folder}/train/openstax-paragraphs.txt.gz`)).toString("utf8");
  const lines = text.split("\n").filter(({ length }) => length > 0 && length <= MOST_CHARACTERS);
  const random = seeded(2);
  return Array.from({ length: 2 * MIXED }, () => lines[below(random, lines.length)]!);
}

/** Divides rows into calls of `each` rows; the last call may have fewer. */
export function callsOf<Row>(rows: readonly Row[], each: number): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / each) }, (_, i) => rows.slice(i * each, (i + 1) * each));
}

/** `count` of the rows, evenly distributed over all. */
export function spreadOver<Row>(rows: readonly Row[], count: number): Row[] {
  const taken = Math.min(count, rows.length);
  return Array.from({ length: taken }, (_, i) => rows[Math.floor((i * rows.length) / taken)]!);
}
