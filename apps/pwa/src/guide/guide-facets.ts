import type { Filter } from "@pipit/core";
import type { GuideChoice } from "../search/question.ts";
import type { Guide } from "./guide.ts";
import type { GuidePage } from "./species.ts";

interface SizeRange {
  readonly name: string;
  readonly label: string;
  readonly range: { readonly from: number; readonly below?: number };
}

/** Ranges of centimetres; about as many birds are in each of the first four. */
const SIZES: readonly SizeRange[] = [
  { name: "0-15", label: "under 15 cm", range: { from: 0, below: 15 } },
  { name: "15-25", label: "15 to 25 cm", range: { from: 15, below: 25 } },
  { name: "25-50", label: "25 to 50 cm", range: { from: 25, below: 50 } },
  { name: "50-100", label: "50 cm to 1 m", range: { from: 50, below: 100 } },
  { name: "100-", label: "1 m and more", range: { from: 100 } },
];

export type Facet = keyof GuideChoice;

/** A value to which a facet can narrow the guide, with the number of birds that are left then. */
export interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** The condition for a choice in the guide; undefined if nothing is chosen. */
export function guideFilter({ group, region, size }: GuideChoice): Filter | undefined {
  const range = SIZES.find(({ name }) => name === size)?.range;
  const filters: Filter[] = [
    ...(group === "" ? [] : [{ field: "group", equals: group }]),
    ...(region === "" ? [] : [{ field: "region", equals: region }]),
    ...(range ? [{ field: "sizeCm", range }] : []),
  ];
  return filters.length > 1 ? { and: filters } : filters[0];
}

/** The values of a bird in each facet. */
const VALUES: Readonly<Record<Facet, (page: GuidePage) => readonly string[]>> = {
  group: ({ group }) => [group],
  region: ({ species }) => species.regions,
  size: ({ species: { sizeCm } }) => [SIZES.findLast(({ range }) => sizeCm >= range.from)!.name],
};

/**
 * The values of each facet. A count is of all birds in the guide that the value and the choices in the other facets leave: search by
 * meaning ranks all of them, so the count says among how many birds it searches, whatever the question.
 */
export function facetsOf(guide: Guide, choice: GuideChoice): Record<Facet, FacetValue[]> {
  const pages = [...guide.values()];
  const counted = (facet: Facet) => {
    const counts = countsOf(pages, facet, choice);
    return labelsOf(pages, facet).map(([value, label]) => ({ value, label, count: counts.get(value) ?? 0 }));
  };
  return { group: counted("group"), region: counted("region"), size: counted("size") };
}

/** The choice without values that the guide does not have, as of an address that was typed. */
export function knownChoice(guide: Guide, choice: GuideChoice): GuideChoice {
  const pages = [...guide.values()];
  const isKnown = (facet: Facet) => labelsOf(pages, facet).some(([value]) => value === choice[facet]);
  const known = (facet: Facet) => (choice[facet] !== "" && isKnown(facet) ? choice[facet] : "");
  return { group: known("group"), region: known("region"), size: known("size") };
}

/** The birds that the choice leaves, by name. */
export function chosenPages(guide: Guide, choice: GuideChoice): GuidePage[] {
  const chosen = [...guide.values()].filter((page) => isLeft(page, choice));
  return chosen.sort((a, b) => (a.species.name < b.species.name ? -1 : 1));
}

function isLeft(page: GuidePage, choice: GuideChoice): boolean {
  const facets = Object.entries(choice) as [Facet, string][];
  return facets.every(([facet, value]) => value === "" || VALUES[facet](page).includes(value));
}

function labelsOf(pages: readonly GuidePage[], facet: Facet): (readonly [value: string, label: string])[] {
  if (facet === "size") return SIZES.map(({ name, label }) => [name, label]);
  return [...new Set(pages.flatMap(VALUES[facet]))].sort().map((value) => [value, value]);
}

/** In one pass over the birds: it runs before the first hits. */
function countsOf(pages: readonly GuidePage[], facet: Facet, choice: GuideChoice): Map<string, number> {
  const others = { ...choice, [facet]: "" };
  const counts = new Map<string, number>();
  for (const page of pages) {
    if (!isLeft(page, others)) continue;
    for (const value of VALUES[facet](page)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}
