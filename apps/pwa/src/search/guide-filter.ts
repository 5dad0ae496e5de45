import type { Filter } from "@pipit/core";

/** The values to which the visitor narrowed the guide; an empty text sets no condition. */
export interface GuideChoice {
  readonly group: string;
  readonly region: string;
}

export function guideFilter({ group, region }: GuideChoice): Filter | undefined {
  const wishes = Object.entries({ group, region }).filter(([, wish]) => wish !== "");
  const filters = wishes.map(([field, wish]) => ({ field, equals: wish }));
  return filters.length > 1 ? { and: filters } : filters[0];
}
