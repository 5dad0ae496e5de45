import { badInput, LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";
import type { Filter } from "../ports/filter.ts";
import type { SearchOptions } from "../ports/search-engine.ts";
import { checkedSearchOptions } from "./check-options.ts";
import { checkedVector } from "./check-vector.ts";
import { plainFilter } from "./plain-filter.ts";

/** A checked search: plain JSON except for the vector and an infinite `minScore`. */
export interface PlainSearch {
  readonly query: string | Float32Array<ArrayBuffer>;
  readonly k: number;
  readonly minScore: number;
  readonly filter: Filter | undefined;
}

/** A plain copy of a search. Throws `bad-input` or `bad-vector`. */
export function checkedSearch(query: unknown, options: SearchOptions): PlainSearch {
  const { k = 10, minScore = Number.NEGATIVE_INFINITY, filter } = checkedSearchOptions(options);
  if (!Number.isInteger(k) || k < 1 || k > LIMITS.hits) {
    throw badInput(k, `k as a whole number from 1 to ${LIMITS.hits}`, "Ask for that many hits.");
  }
  if (typeof minScore !== "number" || Number.isNaN(minScore)) {
    throw badInput(minScore, "minScore as a number", "Leave it out to get the k best, whatever their score.");
  }
  const plain = filter === undefined ? undefined : plainFilter(filter);
  return { query: typeof query === "string" ? checkedQuery(query) : checkedVector(query), k, minScore, filter: plain };
}

function checkedQuery(query: string): string {
  if (query.length > LIMITS.queryCharacters) {
    const advice = "Ask with a shorter text: a model reads only the beginning of a long one.";
    throw new LimitError(`a query of ${query.length} characters`, `at most ${LIMITS.queryCharacters}`, advice);
  }
  return query.toWellFormed();
}
