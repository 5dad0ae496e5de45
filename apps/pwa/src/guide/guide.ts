import { type GuidePage, pagesOf } from "./species.ts";

/** The guide for reading: pages by the id of the species. */
export type Guide = ReadonlyMap<string, GuidePage>;

export async function loadGuide(): Promise<Guide> {
  const { chapters } = await import("./chapters.ts");
  return new Map(chapters.flatMap(pagesOf).map((page) => [page.species.id, page]));
}
