import type { Fields, FieldValue } from "../entry.ts";
import { PipitError } from "../errors.ts";

type Scalar = string | number | boolean;

/**
 * What entries a search may answer with. Plain JSON, so that it crosses workers and HTTP as it is.
 * An array field matches when any of its elements does; a missing field matches only `not` and `exists: false`.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: string; readonly equals: Scalar }
  | { readonly field: string; readonly in: readonly Scalar[] }
  | { readonly field: string; readonly range: Bounds }
  | { readonly field: string; readonly exists: boolean };

/** Numbers by value, strings by code unit order; `from` and `to` are included, `above` and `below` are not. */
export interface Bounds {
  readonly from?: number | string;
  readonly to?: number | string;
  readonly above?: number | string;
  readonly below?: number | string;
}

export type FieldTest = (fields: Fields) => boolean;

/** Compiles a filter once, so that a scan calls a plain function per entry. Fails with `bad-input` on an unknown form. */
export function compileFilter(filter: Filter): FieldTest {
  if (typeof filter !== "object" || filter === null) throw unknownForm(filter);
  if ("and" in filter) return every(compileAll(filter.and, filter));
  if ("or" in filter) return some(compileAll(filter.or, filter));
  if ("not" in filter) return negate(compileFilter(filter.not));
  if (typeof filter.field !== "string") throw unknownForm(filter);
  return compileField(filter);
}

function compileField(filter: Extract<Filter, { field: string }>): FieldTest {
  const { field } = filter;
  if ("equals" in filter && isScalar(filter.equals)) return anyValue(field, (value) => value === filter.equals);
  if ("in" in filter && Array.isArray(filter.in)) return anyValue(field, (value) => filter.in.includes(value));
  if ("range" in filter && isBounds(filter.range)) return anyValue(field, (value) => within(value, filter.range));
  if ("exists" in filter && typeof filter.exists === "boolean") {
    return (fields) => (fieldValue(fields, field) !== undefined) === filter.exists;
  }
  throw unknownForm(filter);
}

function compileAll(filters: unknown, whole: unknown): FieldTest[] {
  if (!Array.isArray(filters)) throw unknownForm(whole);
  return filters.map(compileFilter);
}

const every =
  (tests: FieldTest[]): FieldTest =>
  (fields) =>
    tests.every((test) => test(fields));
const some =
  (tests: FieldTest[]): FieldTest =>
  (fields) =>
    tests.some((test) => test(fields));
const negate =
  (test: FieldTest): FieldTest =>
  (fields) =>
    !test(fields);

function anyValue(field: string, test: (value: Scalar) => boolean): FieldTest {
  return (fields) => {
    const value = fieldValue(fields, field);
    if (value === undefined) return false;
    return Array.isArray(value) ? value.some(test) : test(value as Scalar);
  };
}

// Fields come from callers as plain objects: "constructor" must not be found on the prototype.
function fieldValue(fields: Fields, field: string): FieldValue | undefined {
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

function within(value: Scalar, { from, to, above, below }: Bounds): boolean {
  return (
    (from === undefined || (typeof value === typeof from && value >= from)) &&
    (to === undefined || (typeof value === typeof to && value <= to)) &&
    (above === undefined || (typeof value === typeof above && value > above)) &&
    (below === undefined || (typeof value === typeof below && value < below))
  );
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

const BOUND_NAMES = new Set(["from", "to", "above", "below"]);

function isBounds(range: unknown): range is Bounds {
  if (typeof range !== "object" || range === null) return false;
  const bounds = Object.entries(range).filter(([, bound]) => bound !== undefined);
  return bounds.length > 0 && bounds.every(([name, bound]) => BOUND_NAMES.has(name) && isBound(bound));
}

function isBound(bound: unknown): boolean {
  return typeof bound === "string" || (typeof bound === "number" && !Number.isNaN(bound));
}

function unknownForm(filter: unknown): PipitError {
  return new PipitError("bad-input", {
    got: `the filter ${JSON.stringify(filter)}`,
    expected:
      "{and|or: [...]}, {not}, {field, equals}, {field, in}, {field, range: {from|to|above|below}} or {field, exists}",
    do: "Write the filter in one of these forms.",
  });
}
