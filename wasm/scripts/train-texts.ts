import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** So many texts of a file of `text/train`, evenly spread over it. */
export function trainTexts(assets: string, file: string, count: number): string[] {
  const lines = gunzipSync(readFileSync(`${assets}/text/train/${file}.txt.gz`))
    .toString("utf8")
    .split("\n");
  const filled = lines.filter((line) => line.trim() !== "");
  const step = Math.floor(filled.length / count);
  return Array.from({ length: count }, (_, i) => filled[i * step]!);
}
