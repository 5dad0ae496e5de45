import { plainFilter } from "../checks/plain-filter.ts";
import type { Fields, FieldValue } from "../entry.ts";
import type { Bounds, Filter } from "../ports/filter.ts";

type Scalar = string | number | boolean;

export type FieldTest = (fields: Fields) => boolean;

/**
 * Compiles a filter once, so that a scan calls a plain function per entry. Fails with `bad-input` on an unknown form, on two
 * conditions in one object, and beyond the limits.
 */
export function compileFilter(filter: Filter): FieldTest {
  return compile(plainFilter(filter));
}

/** No deeper than `LIMITS.filterDepth`. */
function compile(filter: Filter): FieldTest {
  if ("and" in filter) return every(filter.and.map(compile));
  if ("or" in filter) return some(gathered(filter.or).map(compile));
  if ("not" in filter) return negate(compile(filter.not));
  return compileField(filter);
}

/** Joins alternative values of one field into one look-up, so that two hundred of them cost no more than one. */
function gathered(filters: readonly Filter[]): Filter[] {
  const values = new Map<string, Scalar[]>();
  const others = filters.filter((filter) => {
    if (!("equals" in filter || "in" in filter)) return true;
    const alternatives = values.get(filter.field) ?? [];
    values.set(filter.field, alternatives);
    alternatives.push(...("equals" in filter ? [filter.equals] : filter.in));
    return false;
  });
  return [...others, ...[...values].map(([field, alternatives]) => ({ field, in: alternatives }))];
}

function compileField(filter: Extract<Filter, { field: string }>): FieldTest {
  const { field } = filter;
  if ("equals" in filter) return anyValue(field, (value) => value === filter.equals);
  if ("in" in filter) {
    const allowed = new Set<Scalar>(filter.in);
    return anyValue(field, (value) => allowed.has(value));
  }
  if ("range" in filter) return anyValue(field, (value) => within(value, filter.range));
  return (fields) => (fieldValue(fields, field) !== undefined) === filter.exists;
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
