import type { Fields, Filter, Hit } from "@pipit/core";

export type FacetScalar = string | number | boolean;

/** The chosen value of each field to which the search is narrowed. */
export type Choices = ReadonlyMap<string, FacetScalar>;

/** A value of a field, with the number of hits that have it. */
export interface FacetValue {
  readonly value: FacetScalar;
  readonly count: number;
}

/** The condition for all choices; undefined without any. */
export function filterOf(choices: Choices): Filter | undefined {
  const filters = [...choices].map(([field, equals]) => ({ field, equals }));
  return filters.length > 1 ? { and: filters } : filters[0];
}

/**
 * The values of a field among the hits that the choices in other fields leave, most frequent first. A chosen value is there even if no hit
 * has it, so that it can be seen and undone.
 */
export function facetValues(hits: readonly Hit[], field: string, choices: Choices): FacetValue[] {
  const others = new Map([...choices].filter(([name]) => name !== field));
  const counts = new Map<FacetScalar, number>();
  const chosen = choices.get(field);
  if (chosen !== undefined) counts.set(chosen, 0);
  for (const { entry } of hits) {
    if (![...others].every(([name, value]) => valuesOf(entry.fields, name).has(value))) continue;
    for (const value of valuesOf(entry.fields, field)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts].map(([value, count]) => ({ value, count }));
  return values.sort((a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)));
}

/** An element of a list counts once, however often the list has it. */
function valuesOf(fields: Fields | undefined, name: string): ReadonlySet<FacetScalar> {
  const value = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined) return new Set();
  return new Set(typeof value === "object" ? value : [value]);
}
