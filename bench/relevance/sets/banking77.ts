import { readFileSync } from "node:fs";
import { evenly } from "../evenly.ts";
import type { RelevanceSet } from "../relevance-set.ts";

/** The rows are in the order of their intents, so that questions are taken evenly from all of them. */
const QUERIES = 500;
const ROW = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*)),([^",\r\n]+)\r?$/gm;

interface Utterance {
  readonly text: string;
  readonly intent: string;
}

/** What customers wrote to a bank. An utterance is answered by all known utterances of the same intent. */
export function banking77(folder: string): RelevanceSet {
  const known = utterances(`${folder}/train.csv`).map((utterance, i) => ({ ...utterance, id: `utterance-${i + 1}` }));
  const idsOf = Map.groupBy(known, ({ intent }) => intent);
  const gainsOf = (intent: string) => new Map(idsOf.get(intent)?.map(({ id }) => [id, 1]));
  return {
    name: "banking77",
    language: "en",
    documents: known.map(({ id, text }) => ({ id, text })),
    queries: evenly(utterances(`${folder}/test.csv`), QUERIES).map(({ text, intent }) => ({
      text,
      gains: gainsOf(intent),
    })),
  };
}

/** The first row is the header. */
function utterances(path: string): Utterance[] {
  const rows = readFileSync(path, "utf8").matchAll(ROW);
  return Array.from(rows, ([, quoted, plain = "", intent = ""]) => ({
    text: quoted?.replaceAll('""', '"') ?? plain,
    intent,
  })).slice(1);
}
