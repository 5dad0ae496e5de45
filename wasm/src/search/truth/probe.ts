import { type Neighbors, throwIfAborted } from "@pipit/core";
import type { Metric } from "../options.ts";
import { countFound, without } from "./found-share.ts";
import type { SampledQuery } from "./sampled-query.ts";
import type { Clock } from "./search-times.ts";

/** An answer of the search under test. */
export interface Answer extends Neighbors {
  /** Of a walk, how many rows entered the beam in its last quarter, as a share of the beam's width. */
  readonly late?: number | undefined;
}

/**
 * The search under test: by this very index, neither paced nor observed. Without `ef` the index chooses it.
 * The queries are the sample's own and must not be changed.
 */
export type ProbeSearch = (query: Float32Array, k: number, ef?: number) => Promise<Answer>;

export interface Probing {
  readonly k: number;
  readonly ef: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly metric: Metric | undefined;
}

export interface Probed {
  readonly found: number;
  /** True neighbours in all, found or not. */
  readonly expected: number;
  /** Milliseconds of each search that counted. */
  readonly times: readonly number[];
}

/** Asks each sampled query whose truth is known; one whose truth is lost or renewed meanwhile does not count. */
export async function probe(sample: readonly SampledQuery[], search: ProbeSearch, probing: Probing): Promise<Probed> {
  const { k, ef, clock, signal, metric } = probing;
  let [found, expected] = [0, 0];
  const times: number[] = [];
  for (const sampled of sample) {
    throwIfAborted(signal);
    const { query, row, truth } = sampled;
    if (!truth) continue;
    // A stand-in finds itself first, in addition to its k neighbours.
    const asked = row === undefined ? k : k + 1;
    const began = clock();
    const answer = await search(query, asked, ef === undefined ? undefined : Math.max(ef, asked));
    const time = clock() - began;
    if (sampled.truth !== truth) continue;
    times.push(time);
    found += countFound(truth, without(answer, row, k), k, metric);
    expected += Math.min(k, truth.rows.length);
  }
  return { found, expected, times };
}
