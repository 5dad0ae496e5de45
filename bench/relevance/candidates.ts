import { type AskedQuery, type Evidence, fluencyOf, isRead, MINILM_SPACE, readingOfQuery } from "@pipit/core";
import { dot } from "@pipit/test/fixtures/vectors";
import type { EmbeddedSet } from "./embedded-set.ts";
import type { RelevanceSet } from "./relevance-set.ts";
import { wordsOf } from "./words-index.ts";

/** The best by each of vectors and words are candidates. */
const CANDIDATES = 100;

/** A passage that may answer, by its position in the list. */
export interface Candidate {
  readonly row: number;
  /** The position of the document in its set. */
  readonly document: number;
  readonly evidence: Evidence;
}

/** One query with the evidence for all its candidates. */
export interface Asked {
  readonly query: AskedQuery;
  readonly candidates: readonly Candidate[];
}

export type AskSet = (query: string) => Promise<Asked>;

/**
 * Gathers the candidates of queries as a search does: what the model does not read has no vector. A space ends the last word of a
 * query: it is whole.
 */
export async function candidatesOf(set: RelevanceSet, embedded: EmbeddedSet): Promise<AskSet> {
  const { passages, vectors, queryVector, tokens } = embedded;
  const { index, unitOf, rowOf } = await wordsOf(set, passages);
  const readRows = [...passages.keys()].filter((row) => isRead(passages[row]!.text, MINILM_SPACE));
  const fluency = fluencyOf(MINILM_SPACE, set.language);
  const rarityOf = (word: string) => index.rarityOf(word);
  return async (text) => {
    const { isRead, unread } = readingOfQuery(text, MINILM_SPACE);
    const vector = queryVector(text);
    const compared = isRead ? readRows : [];
    const cosines = new Map(compared.map((row) => [row, dot(vector, 0, vectors, row)]));
    const answer = index.ask(`${text} `, { reach: isRead ? "near" : "written" });
    const nearest = compared.toSorted((a, b) => cosines.get(b)! - cosines.get(a)!).slice(0, CANDIDATES);
    const rows = new Set([...nearest, ...answer.best(CANDIDATES, "evidence").map(({ id, unit }) => rowOf(id, unit))]);
    const candidates = [...rows].flatMap((row): Candidate[] => {
      const found = answer.evidenceOf(...unitOf(row));
      if (!found) return [];
      const { score: words, coverage, title, names } = found;
      const whole = answer.isWhole(...unitOf(row)) && { whole: true as const };
      const evidence = { cosine: cosines.get(row), words, coverage, title, names, ...whole };
      return [{ row, document: passages[row]!.document, evidence }];
    });
    const isCompared = ({ evidence }: Candidate) => evidence.cosine !== undefined;
    const interacting = tokens ? candidates.filter(isCompared) : [];
    const interactions = await tokens?.compare(
      text,
      interacting.map(({ row }) => row),
      rarityOf,
    );
    const byRow = new Map(interacting.map(({ row }, i) => [row, interactions?.[i]]));
    const withTokens = candidates.map((candidate) => {
      return { ...candidate, evidence: { ...candidate.evidence, tokens: byRow.get(candidate.row) } };
    });
    const read = (unread?.share ?? 1) * fluency * (1 - answer.misspelt);
    return { query: { read, absent: answer.absent }, candidates: withTokens };
  };
}
