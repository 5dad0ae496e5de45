import { readFileSync } from "node:fs";
import type { RelevanceSet } from "../relevance-set.ts";
import { guide } from "./guide.ts";

const FILE = new URL("../../../test/fixtures/guide-off-topic.jsonl", import.meta.url);

/** Questions of other subjects, and nonsense, asked of the field guide: none has an answer. */
export function guideOffTopic(): RelevanceSet {
  const lines = readFileSync(FILE, "utf8").trim().split("\n");
  const questions = lines.map((line) => JSON.parse(line) as { readonly question: string });
  return {
    ...guide(),
    name: "guide-off-topic",
    queries: questions.map(({ question }) => ({ text: question, gains: new Map() })),
  };
}
