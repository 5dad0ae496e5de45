import { assets } from "@pipit/test/fixtures/assets";
import { seeded } from "@pipit/test/fixtures/seeded";
import { type TrainFile, trainTexts } from "./relevance/fit/train-texts.ts";

/** Paragraphs of textbooks; beyond their number the same ones with their words in another order. */
export function textbookPassages(count: number): string[] {
  const own = texts("openstax-paragraphs", Number.POSITIVE_INFINITY);
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
  return texts("open-trivia", count);
}

function texts(name: TrainFile, count: number): readonly string[] {
  if (!assets) throw new Error("got no assets, expected the texts for training. Name their folder in PIPIT_ASSETS.");
  return trainTexts(`${assets}/text`, name, count);
}
