import type { Entry } from "@pipit/core";

export interface Species {
  /** The name in kebab case; the entry's id. */
  readonly id: string;
  readonly name: string;
  readonly scientificName: string;
  /** The family in plain English, in the plural. */
  readonly family: string;
  /** Length from bill to tail. */
  readonly sizeCm: number;
  readonly regions: readonly string[];
  readonly habitat: string;
  readonly look: string;
  readonly song: string;
  /** Its food, nest and journeys, and what it is known for. */
  readonly behaviour: string;
  /** The threat to the whole species, if any. */
  readonly status?: string;
}

/** One file of the guide. */
export interface GuideChapter {
  readonly group: string;
  /** An introduction to each family of the chapter, by its name. */
  readonly families: Readonly<Record<string, string>>;
  readonly species: readonly Species[];
}

/** What is shown of one species. */
export interface GuidePage {
  readonly species: Species;
  readonly group: string;
  /** The introduction to its family. */
  readonly kin: string;
}

export function pagesOf({ group, families, species }: GuideChapter): GuidePage[] {
  return species.map((bird) => ({ species: bird, group, kin: families[bird.family]! }));
}

/**
 * Each paragraph is found separately, by its meaning and its words. A question is about one or two aspects of a bird, so that a vector of
 * these is nearest; its words may lie in all of them, so that one paragraph has everything.
 */
export function speciesEntry({ species, group, kin }: GuidePage): Entry {
  const { id, name, scientificName, family, sizeCm, regions, habitat, look, song, behaviour, status } = species;
  const facts = `${name} (${scientificName}), of the family ${family}: about ${sizeCm} cm long, found in ${listed(regions)}.`;
  const threat = status ? [`It is ${status.toLowerCase()}.`] : [];
  const aspects = [`${look} ${song}`, `${habitat} ${look}`, `${behaviour} ${habitat}`, `${kin} ${look}`];
  const paragraphs = [...aspects, [facts, ...threat, look, song, habitat, behaviour, kin].join(" ")];
  return {
    id,
    text: paragraphs.join("\n\n"),
    fields: { name, scientificName, group, family, sizeCm, region: regions, ...(status && { status }) },
  };
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
