import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { below, type Random } from "@pipit/test/fixtures/seeded";

/** Files of short texts in the assets' text folder, and the conversion of one line of a file to a text. */
const FILES: readonly (readonly [path: string, text: (line: string) => string])[] = [
  ["query-wellformedness/train.tsv", (line) => line.split("\t")[0] ?? ""],
  ["query-wellformedness/dev.tsv", (line) => line.split("\t")[0] ?? ""],
  ["query-wellformedness/test.tsv", (line) => line.split("\t")[0] ?? ""],
  ["clickbait-headlines/clickbait_data.gz", (line) => line],
  ["clickbait-headlines/non_clickbait_data.gz", (line) => line],
  ["banking77/train.csv", beforeLastComma],
  ["banking77/test.csv", beforeLastComma],
  ["train/open-trivia.txt.gz", (line) => line],
  ["train/nlu-evaluation.txt.gz", (line) => line],
];

const CSV_HEADER = "text";

/** Questions, headlines and commands that people wrote: each once, in a seeded random order. */
export function shortTexts(folder: string, random: Random): string[] {
  const texts = FILES.flatMap(([path, text]) => lines(`${folder}/${path}`).map((line) => text(line).trim()));
  return shuffled([...new Set(texts.filter((text) => text.length > 0))], random).filter((text) => text !== CSV_HEADER);
}

function lines(path: string): string[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").split("\n");
}

function beforeLastComma(line: string): string {
  return line.slice(0, Math.max(0, line.lastIndexOf(","))).replace(/^"|"$/g, "");
}

function shuffled(texts: string[], random: Random): string[] {
  for (let last = texts.length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    [texts[last], texts[other]] = [texts[other]!, texts[last]!];
  }
  return texts;
}
