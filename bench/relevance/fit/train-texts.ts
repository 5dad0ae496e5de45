import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { evenly } from "../evenly.ts";

export type TrainFile = "nlu-evaluation" | "open-trivia" | "openstax-paragraphs" | "schema-guided-dialogue";

/** Some texts of a file to train on, at equal distances. */
export function trainTexts(folder: string, name: TrainFile, count: number): readonly string[] {
  const bytes = gunzipSync(readFileSync(`${folder}/train/${name}.txt.gz`));
  return evenly(bytes.toString("utf8").trim().split("\n"), count);
}
