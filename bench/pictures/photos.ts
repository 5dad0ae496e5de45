import { readFileSync } from "node:fs";
import { captionedPhotos } from "@pipit/test/fixtures/stand-in";

/** The files of openly licensed photos, some 640 pixels a side. */
export function photoFiles(count: number): { readonly path: string; readonly bytes: Uint8Array }[] {
  const photos = captionedPhotos();
  if (!photos) throw new Error("got no assets, expected photos. Name their folder in PIPIT_ASSETS.");
  return photos.slice(0, count).map(({ path }) => ({ path, bytes: new Uint8Array(readFileSync(path)) }));
}
