import { WordIndex, wordsOfLanguage } from "@pipit/core";
import { starterMeanings } from "@pipit/starter";
import type { DocumentPassage } from "./passages.ts";
import type { RelevanceSet } from "./relevance-set.ts";
import { starter } from "./starter-model.ts";

/** A name counts as three times its occurrence in the text. */
const TITLE_WEIGHT = 3;

export interface IndexedWords {
  readonly index: WordIndex;
  /** The entry and unit of a passage, by its position in the list. */
  unitOf(row: number): [id: string, unit: number];
  rowOf(id: string, unit: number): number;
}

/** Pipit's index of words: the passages of each document are its units, each with the title. */
export async function wordsOf(set: RelevanceSet, passages: readonly DocumentPassage[]): Promise<IndexedWords> {
  const meanings = set.language === "en" ? starterMeanings(starter) : undefined;
  const index = new WordIndex({ ...(await wordsOfLanguage(set.language)), meanings });
  const rows = new Map(set.documents.map(({ id }) => [id, [] as number[]]));
  const units = passages.map(({ document }, row): [string, number] => {
    const { id } = set.documents[document]!;
    return [id, rows.get(id)!.push(row) - 1];
  });
  for (const { id, title } of set.documents) {
    const fields = title === undefined ? [] : [{ text: title, weight: TITLE_WEIGHT }];
    index.put(
      id,
      rows.get(id)!.map((row) => ({ text: passages[row]!.text, fields })),
    );
  }
  return { index, unitOf: (row) => units[row]!, rowOf: (id, unit) => rows.get(id)![unit]! };
}
