import { evenly } from "../evenly.ts";
import type { RelevanceDocument, RelevanceQuery, RelevanceSet } from "../relevance-set.ts";
import { type OwnName, ownSet } from "./own-set.ts";
import { trainTexts } from "./train-texts.ts";

const TITLED: readonly OwnName[] = ["workshop", "museum", "recipes"];
const AMONG_PARAGRAPHS = 500;
const MOST_CHARACTERS = 400;
const ASKED = 80;
const WORD = /\p{L}{4,}/gu;

interface Titled extends RelevanceDocument {
  readonly title: string;
}

/**
 * The written collections with their titles apart from the texts, as many pages and records have them, among texts without a title. Asked
 * are the written questions, and words of titles, alone and in pairs: right are the entries that have these in the title.
 */
export function titledSets(folder: string): RelevanceSet[] {
  const paragraphs = trainTexts(folder, "openstax-paragraphs", AMONG_PARAGRAPHS);
  const among = paragraphs.map((text, i) => ({ id: `among-${i + 1}`, text: text.slice(0, MOST_CHARACTERS) }));
  return TITLED.map((name) => titledSet(name, among));
}

function titledSet(name: OwnName, among: readonly RelevanceDocument[]): RelevanceSet {
  const { language, documents, queries } = ownSet(name);
  const apart = documents.map(({ id, title = "", text }): Titled => {
    return { id, title, text: text.slice(title.length).trim() };
  });
  return {
    name: `${name}-titled`,
    language,
    documents: [...apart, ...among],
    queries: [...queries, ...evenly(titleQueries(apart), ASKED)],
  };
}

function titleQueries(documents: readonly Titled[]): RelevanceQuery[] {
  const words = documents.map(({ title }) => wordsOf(title));
  const pairs = words.flatMap((each) => each.slice(1).map((word, i) => `${each[i]} ${word}`));
  const asked = new Set([...words.flat(), ...pairs]);
  return Array.from(asked, (text) => ({ text, gains: new Map(titledWith(text, documents).map(({ id }) => [id, 1])) }));
}

function titledWith(query: string, documents: readonly Titled[]): Titled[] {
  const asked = query.split(" ");
  return documents.filter(({ title }) => asked.every((word) => wordsOf(title).includes(word)));
}

function wordsOf(title: string): string[] {
  return title.toLowerCase().match(WORD) ?? [];
}
