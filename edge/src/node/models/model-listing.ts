import { knownFiles, type ModelListing } from "@pipit/core";
import { unlessBusy } from "../files/no-descriptor.ts";
import { plainFile } from "../files/plain-file.ts";
import { isPage } from "../files/relayed-file.ts";
import { isUrl, type ModelPlace } from "./model-sources.ts";

type KnownFile = ReturnType<typeof knownFiles>[number];

/** A place that is slower has nothing: a page waits for its listing. */
const MOST_MS = 5_000;
/** Other servers are not asked again for each visitor. */
const HOLDS_MS = 60_000;

/** Answers `listingOf`, of places on other servers the same for a minute. */
export function heldListing(places: readonly ModelPlace[]): () => Promise<ModelListing> {
  const holdsMs = places.some(isUrl) ? HOLDS_MS : 0;
  let [held, until] = [undefined as Promise<ModelListing> | undefined, 0];
  return () => {
    if (held && performance.now() < until) return held;
    const fresh = listingOf(places);
    [held, until] = [fresh, performance.now() + holdsMs];
    fresh.catch(() => {
      if (held === fresh) held = undefined;
    });
    return fresh;
  };
}

/** What the places have of the models that a tab may ask for, each file in the first place that has it. */
export async function listingOf(places: readonly ModelPlace[]): Promise<ModelListing> {
  const files = knownFiles();
  const sizes = await Promise.all(files.map((file) => sizeIn(places, file)));
  return new Map(files.map(({ path }, at) => [path, sizes[at] ?? null]));
}

async function sizeIn(places: readonly ModelPlace[], file: KnownFile): Promise<number | undefined> {
  for (const place of places) {
    const bytes = isUrl(place) ? await sizeAt(place, file) : (await plainFile(place, file.path))?.facts.size;
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

async function sizeAt(place: string, { path, bytes }: KnownFile): Promise<number | undefined> {
  const url = `${place.replace(/\/+$/, "")}/${path}`;
  const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(MOST_MS) }).catch(unlessBusy);
  if (!answer?.ok || isPage(answer)) return undefined;
  // That of a compressed answer is another length.
  const length = answer.headers.get("content-encoding") ? null : answer.headers.get("content-length");
  return Number(length) || bytes;
}
