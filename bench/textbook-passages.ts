import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { assets } from "@pipit/test/fixtures/assets";
import { seeded } from "@pipit/test/fixtures/seeded";
import { evenly } from "./relevance/evenly.ts";

/** Paragraphs of textbooks; beyond their number the same ones with their words in another order. */
export function textbookPassages(count: number): string[] {
  const own = lines("openstax-paragraphs");
  const random = seeded(1);
  const shuffled = (text: string) => {
    const words = text.split(" ");
    for (let i = words.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [words[i], words[j]] = [words[j]!, words[i]!];
    }
    return words.join(" ");
  };
  return Array.from({ length: count }, (_, i) => (i < own.length ? own[i]! : shuffled(own[i % own.length]!)));
}

/** Questions of a quiz. */
export function quizQuestions(count: number): readonly string[] {
  return evenly(lines("open-trivia"), count);
}

function lines(name: string): string[] {
  if (!assets) throw new Error("got no assets, expected the texts for training. Name their folder in PIPIT_ASSETS.");
  const bytes = gunzipSync(readFileSync(`${assets}/text/train/${name}.txt.gz`));
  return bytes.toString("utf8").split("\n").filter(Boolean);
}
