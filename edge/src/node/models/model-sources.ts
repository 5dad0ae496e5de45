import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { httpSource, type ModelSource, PipitError } from "@pipit/core";
import { shownItem } from "../../app/access/shown-item.ts";
import { safePath } from "../files/safe-path.ts";
import { fetchUnlessSilent } from "./fetch-unless-silent.ts";

/** A folder or a URL laid out like the model hub. */
export type ModelPlace = string;

/** Parses "a,b". An empty list means no places, so that nothing is fetched by default. */
export function modelPlaces(list: string | undefined, name = "PIPIT_MODELS"): ModelPlace[] {
  const places = (list ?? "")
    .split(",")
    .map((place) => place.trim())
    .filter((place) => place !== "");
  checkPlaces(places, name);
  return places;
}

/** Throws `bad-input` for URLs that cannot be read from. */
export function checkPlaces(places: readonly ModelPlace[], name: string): void {
  for (const place of places) {
    if (place.includes("://") && !isReadable(place)) throw unreadable(shownItem(place, places), name);
  }
}

function isReadable(place: string): boolean {
  if (!isUrl(place) || !URL.canParse(place)) return false;
  const { username, password, search, hash } = new URL(place);
  return `${username}${password}${search}${hash}` === "";
}

function unreadable(shown: string, name: string): PipitError {
  return new PipitError("bad-input", {
    got: `${shown} in ${name}`,
    expected: "paths of folders, or addresses that begin with https:// or http://, separated by commas",
    do: "Correct it, or leave it out. A request cannot have a user name, a password or a query in a model's address: copy such files into a folder.",
  });
}

export function modelSource(place: ModelPlace): ModelSource {
  if (isUrl(place)) return httpSource(place, place, fetchUnlessSilent);
  return {
    name: place,
    async read(path) {
      const file = safePath(place, path);
      return file ? await readFile(file).catch(absent) : undefined;
    },
  };
}

/** A text about models that anyone may read: places, and the hosts of URLs, are replaced by their numbers in the list. */
export function withoutPlaces(text: string, places: readonly ModelPlace[]): string {
  const names = places.flatMap((place, i) =>
    namesOf(place).map((name) => [name, `item ${i + 1} of the list of models`] as const),
  );
  // Longer names are replaced first, because one place may be inside another.
  const inOrder = names.sort(([one], [other]) => other.length - one.length);
  return inOrder.reduce((told, [name, shown]) => told.replaceAll(name, shown), text);
}

// A relative path discloses little, and may be an ordinary word of the text.
function namesOf(place: ModelPlace): string[] {
  if (!isUrl(place)) return isAbsolute(place) ? [place, resolve(place)] : [resolve(place)];
  const { host, hostname } = new URL(place);
  return [place, host, hostname];
}

export function isUrl(place: ModelPlace): boolean {
  return /^https?:\/\//.test(place);
}

function absent(error: { code?: string }): undefined {
  if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") return undefined;
  throw error;
}
