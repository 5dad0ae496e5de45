import type { RelevanceQuery, RelevanceSet } from "../relevance-set.ts";
import { trainTexts } from "./train-texts.ts";

const PARAGRAPHS = 600;
const MOST_CHARACTERS = 700;
const ASKED = { sentences: 80, keywords: 80, trivia: 50 };
const LONG_WORD = /\p{L}{6,}/gu;

/**
 * Paragraphs of textbooks. A query is a sentence of one of them without every third word, or some long words of it. Questions of a quiz
 * count as unanswered: few paragraphs of so few answer one.
 */
export function textbookSet(folder: string): RelevanceSet {
  const texts = trainTexts(folder, "openstax-paragraphs", PARAGRAPHS).map((text) => text.slice(0, MOST_CHARACTERS));
  const documents = texts.map((text, i) => ({ id: `paragraph-${i + 1}`, text }));
  const asked = (from: number, count: number, textOf: (text: string) => string): RelevanceQuery[] =>
    documents
      .slice(from, from + count)
      .map(({ id, text }) => ({ text: textOf(text), gains: new Map([[id, 1]]) }))
      .filter(({ text }) => text !== "");
  const unanswered = trainTexts(folder, "open-trivia", ASKED.trivia).map((text) => ({ text, gains: new Map() }));
  return {
    name: "textbooks",
    language: "en",
    documents,
    queries: [
      ...asked(0, ASKED.sentences, shortenedSentence),
      ...asked(ASKED.sentences, ASKED.keywords, keywords),
      ...unanswered,
    ],
  };
}

function shortenedSentence(text: string): string {
  const sentence = text.split(/(?<=[.?!])\s/).at(-2) ?? text;
  const words = sentence.split(/\s+/).filter((_, i) => i % 3 !== 1);
  return words.join(" ");
}

function keywords(text: string): string {
  const words = [...new Set(text.match(LONG_WORD))];
  return words.slice(0, 2 + (text.length % 2)).join(" ");
}
