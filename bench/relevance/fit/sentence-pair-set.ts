import { readFileSync } from "node:fs";
import { evenly } from "../evenly.ts";
import type { RelevanceSet } from "../relevance-set.ts";
import { trainTexts } from "./train-texts.ts";

const ASKED = { pairs: 200, unanswered: 50 };
/** Judges gave 0 to 5. From here on both sentences say the same, but for details. */
const LEAST_SAME = 4;
const ROW = /^(?:"((?:[^"]|"")*)"|([^",]*)),(?:"((?:[^"]|"")*)"|([^",]*)),([\d.]+)\r?$/gm;

/** Short sentences, each asked for by one that says the same in other words. Spoken commands have no answer among them. */
export function sentencePairSet(folder: string): RelevanceSet {
  const file = readFileSync(`${folder}/stsb/stsb-en-train.csv`, "utf8");
  const pairs = Array.from(file.matchAll(ROW), ([, a, b, c, d, score]) => ({
    asked: unquoted(a ?? b),
    text: unquoted(c ?? d),
    score: Number(score),
  }));
  const some = evenly(pairs, 3 * ASKED.pairs * 3);
  const idOf = new Map([...new Set(some.map(({ text }) => text))].map((text, i) => [text, `sentence-${i + 1}`]));
  const same = some.filter(({ asked, text, score }) => score >= LEAST_SAME && asked !== text);
  const queries = evenly(same, ASKED.pairs).map(({ asked }) => {
    const answers = same.filter((pair) => pair.asked === asked).map(({ text }) => idOf.get(text)!);
    return { text: asked, gains: new Map([...answers, idOf.get(asked)].flatMap((id) => (id ? [[id, 1]] : []))) };
  });
  const unanswered = trainTexts(folder, "nlu-evaluation", ASKED.unanswered).map((text) => ({ text, gains: new Map() }));
  return {
    name: "sentence-pairs",
    language: "en",
    documents: Array.from(idOf, ([text, id]) => ({ id, text })),
    queries: [...queries, ...unanswered],
  };
}

function unquoted(text = ""): string {
  return text.replaceAll('""', '"');
}
