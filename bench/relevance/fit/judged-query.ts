import type { Evidence } from "@pipit/core";
import { candidatesOf } from "../candidates.ts";
import type { EmbeddedSet } from "../embedded-set.ts";
import type { RelevanceSet } from "../relevance-set.ts";

/** A query whose candidates were judged. */
export interface JudgedQuery {
  readonly candidates: readonly JudgedCandidate[];
  /** The number of right documents in the set. */
  readonly answers: number;
  readonly isHeldOut: boolean;
}

export interface JudgedCandidate {
  readonly document: number;
  readonly isRight: boolean;
  readonly evidence: Evidence;
}

/** Every third query is held out. Sets of the same queries hold out the same. */
const HELD_OUT = 3;

export async function judgedQueries(set: RelevanceSet, embedded: EmbeddedSet): Promise<JudgedQuery[]> {
  const ask = await candidatesOf(set, embedded);
  const judged: JudgedQuery[] = [];
  for (const [i, { text, gains }] of set.queries.entries()) {
    const { candidates } = await ask(text);
    judged.push({
      candidates: candidates.map(({ document, evidence }) => {
        return { document, evidence, isRight: gains.has(set.documents[document]!.id) };
      }),
      answers: gains.size,
      isHeldOut: i % HELD_OUT === HELD_OUT - 1,
    });
  }
  await embedded.tokens?.close();
  return judged;
}

/** A candidate with a value by which it is ordered. */
export interface Valued {
  readonly candidate: JudgedCandidate;
  readonly value: number;
}

/** The best candidate of each document by some value, best first. */
export function bestOfDocuments({ candidates }: JudgedQuery, by: (evidence: Evidence) => number): Valued[] {
  const best = new Map<number, Valued>();
  for (const candidate of candidates) {
    const value = by(candidate.evidence);
    if (value > (best.get(candidate.document)?.value ?? Number.NEGATIVE_INFINITY)) {
      best.set(candidate.document, { candidate, value });
    }
  }
  return [...best.values()].sort((a, b) => b.value - a.value);
}
