import type { RelevanceDocument, RelevanceSet } from "../relevance-set.ts";
import { ledgerSet } from "./ledger-set.ts";
import { lodgingSet } from "./lodging-set.ts";
import { OWN_NAMES, ownSet } from "./own-set.ts";
import { sentencePairSet } from "./sentence-pair-set.ts";
import { textbookSet } from "./textbook-set.ts";
import { titledSets } from "./titled-sets.ts";
import { trainTexts } from "./train-texts.ts";

/** Texts that answer no question of the own collections, among which their entries must be found. */
const AMONG = { paragraphs: 500, utterances: 1500, questions: 40 };
const MOST_CHARACTERS = 400;

/** All sets that weights are fitted to. `folder` has the texts of PIPIT_ASSETS. None of them is a set of `bench -- relevance`. */
export function fittingSets(folder: string): RelevanceSet[] {
  const own = OWN_NAMES.map(ownSet);
  const paragraphs = trainTexts(folder, "openstax-paragraphs", AMONG.paragraphs).map((text) =>
    text.slice(0, MOST_CHARACTERS),
  );
  const utterances = trainTexts(folder, "schema-guided-dialogue", AMONG.utterances);
  const larger = own.map((set) => among(set, set.name === "parcels" ? utterances : paragraphs));
  const lodgings = lodgingSet(trainTexts(folder, "open-trivia", AMONG.questions));
  return [
    ...own,
    ...larger,
    textbookSet(folder),
    sentencePairSet(folder),
    ledgerSet(),
    lodgings,
    ...titledSets(folder),
  ];
}

function among({ name, language, documents, queries }: RelevanceSet, texts: readonly string[]): RelevanceSet {
  const more = texts.map((text, i): RelevanceDocument => ({ id: `among-${i + 1}`, text }));
  return { name: `${name}-among-others`, language, documents: [...documents, ...more], queries };
}
