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
  /** The threat to the whole species, if any. */
  readonly status?: string;
}

/** One file of the guide. */
export interface GuideChapter {
  readonly group: string;
  readonly species: readonly Species[];
}

/**
 * Each paragraph is found separately, by its meaning and its words. A question is about one or two aspects of a bird, so that a vector of
 * these is nearest; its words may lie in all of them, so that one paragraph has everything.
 */
export function speciesEntry(species: Species, group: string): Entry {
  const { id, name, scientificName, family, sizeCm, regions, habitat, look, song, status } = species;
  const facts = `${name} (${scientificName}), of the family ${family}: about ${sizeCm} cm long, found in ${listed(regions)}.`;
  const threat = status ? [`It is ${status.toLowerCase()}.`] : [];
  const paragraphs = [`${look} ${song}`, `${habitat} ${look}`, song, [facts, ...threat, look, song, habitat].join(" ")];
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
