import { badInput, LimitError, shown } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";
import type { Query } from "../ports/collection.ts";
import type { Filter } from "../ports/filter.ts";
import type { Ranking, SearchOptions } from "../ports/search-engine.ts";
import { checkedId } from "./check-id.ts";
import { checkedBytes } from "./check-media.ts";
import { checkedSearchOptions } from "./check-options.ts";
import { checkedVector } from "./check-vector.ts";
import { plainFilter } from "./plain-filter.ts";

/** A checked query. Its vector has length 1. */
export interface PlainQuery extends Query {
  readonly vector?: Float32Array<ArrayBuffer> | undefined;
}

/** A checked search: plain JSON except for the vector and an infinite `minScore`. */
export interface PlainSearch {
  readonly query: PlainQuery;
  readonly k: number;
  readonly minScore: number;
  readonly ranking: Ranking;
  readonly explain: boolean;
  readonly filter: Filter | undefined;
}

const RANKINGS: readonly Ranking[] = ["both", "meaning", "words"];
const PARTS: readonly (keyof Query)[] = ["text", "vector", "medium", "like", "space"];

/** A plain copy of a search. Throws `bad-input` or `bad-vector`. */
export function checkedSearch(given: unknown, options: SearchOptions): PlainSearch {
  const {
    k = 10,
    minScore = Number.NEGATIVE_INFINITY,
    filter,
    ranking = "both",
    explain = false,
  } = checkedSearchOptions(options);
  if (!Number.isInteger(k) || k < 1 || k > LIMITS.hits) {
    throw badInput(k, `k as a whole number from 1 to ${LIMITS.hits}`, "Ask for that many hits.");
  }
  if (typeof minScore !== "number" || Number.isNaN(minScore)) {
    throw badInput(minScore, "minScore as a number", "Leave it out to get the k best, whatever their score.");
  }
  if (!RANKINGS.includes(ranking)) {
    throw badInput(ranking, `ranking as one of ${RANKINGS.join(", ")}`, 'Leave it out for "both".');
  }
  if (typeof explain !== "boolean") throw badInput(explain, "explain as true or false", "Leave it out for false.");
  const query = checkedQuery(given);
  if (ranking === "words" && query.text === undefined) {
    throw badInput({ ranking }, "a text to be ranked by its words", "Send the text too, or rank by meaning.");
  }
  return { query, k, minScore, ranking, explain, filter: filter === undefined ? undefined : plainFilter(filter) };
}

function checkedQuery(given: unknown): PlainQuery {
  if (typeof given === "string") return { text: checkedText(given) };
  if (!isPlainObject(given)) return { vector: checkedVector(given) };
  const unknown = Object.keys(given).find((name) => !PARTS.includes(name as keyof Query));
  if (unknown !== undefined) {
    throw badInput(given, `a query of ${PARTS.join(", ")}`, `Correct or leave out ${shown(unknown)}.`);
  }
  const { text, vector, medium, like, space } = given;
  const isAsked = text !== undefined || vector !== undefined;
  const alone = [medium, like].filter((part) => part !== undefined).length;
  if (!isAsked && alone === 0)
    throw badInput(given, "a text, a vector or both, or a medium or the id of an entry", "Say what to find.");
  if (alone > 1 || (isAsked && alone === 1)) {
    const advice = "Ask for each in a search of its own.";
    throw badInput(Object.keys(given), "a medium, or the id of an entry, without another part", advice);
  }
  if (text !== undefined && typeof text !== "string") throw badInput(text, "text as a string", "Send a string.");
  if (space !== undefined && typeof space !== "string") {
    throw badInput(space, "space as the id of a space", "Leave it out if the vector is of the engine's space.");
  }
  return {
    ...(text !== undefined && { text: checkedText(text) }),
    ...(vector !== undefined && { vector: checkedVector(vector) }),
    ...(medium !== undefined && { medium: checkedBytes(medium) }),
    ...(like !== undefined && { like: checkedId(like) }),
    ...(space !== undefined && { space }),
  };
}

/** False for a list or typed array, which may be a vector, and for what is no query at all. */
function isPlainObject(given: unknown): given is Readonly<Record<keyof Query, unknown>> {
  return Object.prototype.toString.call(given) === "[object Object]";
}

function checkedText(query: string): string {
  if (query.length > LIMITS.queryCharacters) {
    const advice = "Ask with a shorter text: a model reads only the beginning of a long one.";
    throw new LimitError(`a query of ${query.length} characters`, `at most ${LIMITS.queryCharacters}`, advice);
  }
  return query.toWellFormed();
}
