import type { Species } from "./species.ts";

export interface GuidePage {
  readonly species: Species;
  readonly group: string;
}

/** The guide for reading: pages by the id of the species. */
export type Guide = ReadonlyMap<string, GuidePage>;

export async function loadGuide(): Promise<Guide> {
  const { chapters } = await import("./chapters.ts");
  const pages = chapters.flatMap(({ group, species }) => species.map((bird) => ({ species: bird, group })));
  return new Map(pages.map((page) => [page.species.id, page]));
}
