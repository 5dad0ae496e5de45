import { below, type Random, seeded } from "@pipit/test/fixtures/seeded";
import type { AskedNote } from "../exact/asked-note.ts";
import { askedIdentifiers } from "../exact/identifiers.ts";
import { askedNames } from "../exact/names.ts";
import { askedPhrases } from "../exact/phrases.ts";
import { noteWith, plainSentence } from "../exact/sentence.ts";
import type { RelevanceSet } from "../relevance-set.ts";

const SEED = 11;
const DOCUMENTS = 5_000;
const QUERIES = { identifiers: 400, phrases: 300, names: 300 };

/** Generated notes of which exactly one holds the identifier, the quoted phrase or the invented name that is asked for. */
export function exact(): RelevanceSet {
  const random = seeded(SEED);
  const asked = askedNotes(random);
  const notes = asked.flatMap(({ right, decoys }) => [right, ...decoys]);
  while (notes.length < DOCUMENTS) notes.push(noteWith(plainSentence(random), random));
  // In a random order, so that a ranker that cannot tell two notes apart is right by chance only.
  const documents = shuffled(notes, random).map((text, i) => ({ id: `note-${i + 1}`, text }));
  const idOf = new Map(documents.map(({ id, text }) => [text, id]));
  const queries = shuffled(asked, random).map(({ query, right }) => ({
    text: query,
    gains: new Map([[idOf.get(right)!, 1]]),
  }));
  return { name: "exact", language: "en", documents, queries };
}

/** The same notes, asked for codes, amounts and other numbers that none of them holds. */
export function exactAbsent(): RelevanceSet {
  const asked = askedNotes(seeded(SEED)).flatMap(({ unanswerable }) => unanswerable ?? []);
  return { ...exact(), name: "exact-absent", queries: asked.map((text) => ({ text, gains: new Map() })) };
}

export function askedNotes(random: Random): AskedNote[] {
  return [
    ...askedIdentifiers(random, QUERIES.identifiers),
    ...askedPhrases(random, QUERIES.phrases),
    ...askedNames(random, QUERIES.names),
  ];
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
