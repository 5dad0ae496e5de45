import { readFileSync } from "node:fs";
import type { RelevanceDocument, RelevanceSet } from "../relevance-set.ts";

/** Judged collections that were written for fitting. */
export const OWN_NAMES = ["workshop", "museum", "recipes", "parcels"] as const;
export type OwnName = (typeof OWN_NAMES)[number];

interface Judged {
  readonly question: string;
  readonly answers: readonly string[];
}

/** Help articles, labels, recipes, or utterances of customers, with questions that were judged by reading. */
export function ownSet(name: OwnName): RelevanceSet {
  const documents = lines<RelevanceDocument>(`${name}.entries`).map(({ title, text, id }) =>
    title === undefined ? { id, text } : { id, title, text: `${title}\n\n${text}` },
  );
  const queries = lines<Judged>(`${name}.questions`).map(({ question, answers }) => ({
    text: question,
    gains: new Map(answers.map((answer) => [answer, 1])),
  }));
  return { name, language: "en", documents, queries };
}

function lines<Line>(name: string): Line[] {
  const path = new URL(`./collections/${name}.jsonl`, import.meta.url);
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
