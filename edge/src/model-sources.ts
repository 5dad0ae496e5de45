import { readFile } from "node:fs/promises";
import { httpSource, type ModelSource, PipitError } from "@pipit/core";
import { safePath } from "./safe-path.ts";

/** A folder or a URL laid out like the model hub. */
export type ModelPlace = string;

/** Parses "a,b". An empty list means no places, so that nothing is fetched by default. */
export function modelPlaces(list: string | undefined, name = "PIPIT_MODELS"): ModelPlace[] {
  const places = (list ?? "")
    .split(",")
    .map((place) => place.trim())
    .filter((place) => place !== "");
  for (const place of places) checkPlace(place, name);
  return places;
}

function checkPlace(place: string, name: string): void {
  if (!place.includes("://") || (isUrl(place) && URL.canParse(place))) return;
  throw new PipitError("bad-input", {
    got: `${place} in ${name}`,
    expected: "paths of folders, or addresses that begin with https:// or http://, separated by commas",
    do: "Correct it, or leave it out.",
  });
}

export function modelSource(place: ModelPlace): ModelSource {
  if (isUrl(place)) return httpSource(place, place, fetch);
  return {
    name: place,
    async read(path) {
      const file = safePath(place, path);
      return file ? await readFile(file).catch(absent) : undefined;
    },
  };
}

export function isUrl(place: ModelPlace): boolean {
  return /^https?:\/\//.test(place);
}

function absent(error: { code?: string }): undefined {
  if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") return undefined;
  throw error;
}
