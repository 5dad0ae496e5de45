import { guideEntries } from "@pipit/test/fixtures/guide-entries";
import { type GuideQuestion, guideQuestions, heldOutQuestions } from "@pipit/test/fixtures/guide-questions";
import type { RelevanceSet } from "../relevance-set.ts";

/** The shipped field guide as the app adds it, and judged questions about it. */
export function guide(): RelevanceSet {
  return guideSet("guide", guideQuestions);
}

/** The same guide, and questions that nothing was chosen by. */
export function guideHeldOut(): RelevanceSet {
  return guideSet("guide-held-out", heldOutQuestions);
}

function guideSet(name: string, questions: readonly GuideQuestion[]): RelevanceSet {
  return {
    name,
    language: "en",
    documents: guideEntries.map(({ id, text = "", fields = {} }) => ({ id, text, title: String(fields.name), fields })),
    queries: questions.map(({ question, birds }) => ({
      text: question,
      gains: new Map(birds.map((bird) => [bird, 1])),
    })),
  };
}
