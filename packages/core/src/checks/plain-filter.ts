import { badInput, LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";
import type { Bounds, Filter } from "../ports/filter.ts";
import { isScalar } from "./check-fields.ts";

type Scalar = string | number | boolean;
/** Totals of one whole filter. */
interface Spent {
  terms: number;
  values: number;
  characters: number;
}

/**
 * A copy of the filter as plain JSON. Throws `bad-input` unless each object is one condition and the limits are kept. Filters with
 * equal JSON have the same meaning, so that the text is a cache key. JSON has no infinity: infinite bounds become finite ones
 * with the same meaning, because numbers of fields are finite.
 */
export function plainFilter(filter: unknown): Filter {
  return readFilter(filter, 1, { terms: 0, values: 0, characters: 0 });
}

function readFilter(filter: unknown, depth: number, spent: Spent): Filter {
  if (depth > LIMITS.filterDepth) throw beyond(`nested ${depth} deep`, `at most ${LIMITS.filterDepth}`);
  spend(spent, "terms", 1, LIMITS.filterTerms);
  const form = formOf(filter);
  const inner = (given: unknown) => readFilter(given, depth + 1, spent);
  switch ([...form.keys()].sort().join()) {
    case "and":
      return { and: listOf(form.get("and")).map(inner) };
    case "or":
      return { or: listOf(form.get("or")).map(inner) };
    case "not":
      return { not: inner(form.get("not")) };
    case "equals,field":
      return { field: fieldOf(form), equals: scalarOf(form.get("equals"), spent) };
    case "field,in":
      return { field: fieldOf(form), in: valuesOf(form.get("in"), spent) };
    case "field,range":
      return rangeOf(fieldOf(form), form.get("range"), spent);
    case "exists,field":
      return { field: fieldOf(form), exists: booleanOf(form.get("exists")) };
    default:
      throw unknownForm(filter);
  }
}

/** Own properties, without undefined ones, which JSON omits too. */
function formOf(filter: unknown): Map<string, unknown> {
  if (Object.prototype.toString.call(filter) !== "[object Object]") throw unknownForm(filter);
  return new Map(Object.entries(filter as object).filter(([, value]) => value !== undefined));
}

function listOf(given: unknown): unknown[] {
  if (!Array.isArray(given)) throw unknownForm(given);
  if (given.length > LIMITS.filterTerms) throw beyond(`${given.length} conditions`, `at most ${LIMITS.filterTerms}`);
  // `map` would skip holes.
  return Array.from(given);
}

function fieldOf(form: ReadonlyMap<string, unknown>): string {
  const field = form.get("field");
  const { fieldNameCharacters } = LIMITS;
  if (typeof field !== "string") throw unknownForm(field);
  const advice = "Name a field that entries have.";
  if (field.length > fieldNameCharacters) {
    throw new LimitError(`a field's name of ${field.length} characters`, `at most ${fieldNameCharacters}`, advice);
  }
  if (!field.isWellFormed()) throw badInput(field, "a field's name without half a surrogate pair", advice);
  return field;
}

function valuesOf(given: unknown, spent: Spent): Scalar[] {
  if (!Array.isArray(given)) throw unknownForm(given);
  spend(spent, "values", given.length, LIMITS.filterValues);
  return Array.from(given, (value) => scalarOf(value, spent));
}

function scalarOf(value: unknown, spent: Spent): Scalar {
  if (!isScalar(value)) throw unknownForm(value);
  if (typeof value === "string") spendCharacters(spent, value);
  return value === 0 ? 0 : value;
}

function booleanOf(value: unknown): boolean {
  if (typeof value !== "boolean") throw unknownForm(value);
  return value;
}

const LOWER = ["from", "above"];
const BOUND_NAMES = new Set([...LOWER, "to", "below"]);
const NEVER: Filter = { or: [] };

function rangeOf(field: string, range: unknown, spent: Spent): Filter {
  const bounds = [...formOf(range)];
  if (bounds.length === 0 || bounds.some(([name, bound]) => !BOUND_NAMES.has(name) || !isBound(bound))) {
    throw unknownForm(range);
  }
  if (new Set(bounds.map(([, bound]) => typeof bound)).size > 1) {
    throw badInput(range, "bounds that are all numbers or all strings", "No value lies within bounds of two kinds.");
  }
  for (const [, bound] of bounds) if (typeof bound === "string") spendCharacters(spent, bound);
  if (bounds.some(isOutOfReach)) return NEVER;
  const finite = bounds.filter(([, bound]) => typeof bound === "string" || Number.isFinite(bound));
  const kept = finite.length > 0 ? Object.fromEntries(finite) : { from: -Number.MAX_VALUE };
  return { field, range: kept as Bounds };
}

function isBound(bound: unknown): bound is number | string {
  return typeof bound === "string" || (typeof bound === "number" && !Number.isNaN(bound));
}

/** True for an infinite bound that no value can satisfy. */
function isOutOfReach([name, bound]: readonly [string, unknown]): boolean {
  return bound === (LOWER.includes(name) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
}

function spendCharacters(spent: Spent, value: string): void {
  spend(spent, "characters", value.length, LIMITS.filterCharacters);
}

function spend(spent: Spent, what: keyof Spent, count: number, most: number): void {
  spent[what] += count;
  if (spent[what] > most) throw beyond(`more than ${most} ${what}`, `at most ${most}`);
}

function beyond(got: string, expected: string): LimitError {
  const advice = "Give entries a field for what is asked often, or use `in` in place of many conditions.";
  return new LimitError(`a filter with ${got}`, expected, advice);
}

function unknownForm(got: unknown) {
  return badInput(
    got,
    "one of {and|or: [...]}, {not}, {field, equals}, {field, in}, {field, range: {from|to|above|below}} or {field, exists}, and nothing beside it",
    "Write the filter in one of these forms, several conditions within `and` or `or`.",
  );
}
