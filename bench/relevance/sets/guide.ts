import { guideEntries } from "@pipit/test/fixtures/guide-entries";
import { guideQuestions } from "@pipit/test/fixtures/guide-questions";
import type { RelevanceSet } from "../relevance-set.ts";

/** The shipped field guide as the app adds it, and judged questions about it. */
export function guide(): RelevanceSet {
  return {
    name: "guide",
    language: "en",
    documents: guideEntries.map(({ id, text, fields = {} }) => ({ id, text, title: String(fields.name), fields })),
    queries: guideQuestions.map(({ question, birds }) => ({
      text: question,
      gains: new Map(birds.map((bird) => [bird, 1])),
    })),
  };
}
