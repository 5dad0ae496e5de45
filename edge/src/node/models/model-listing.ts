import { knownFiles, type ModelListing } from "@pipit/core";
import { unlessBusy } from "../files/no-descriptor.ts";
import { plainFile } from "../files/plain-file.ts";
import { isPage } from "../files/relayed-file.ts";
import { isUrl, type ModelPlace } from "./model-sources.ts";

type KnownFile = ReturnType<typeof knownFiles>[number];

/** A place that answers later counts as empty, because a page waits for the listing. */
const MOST_MS = 5_000;
/** The time for which the answers of other servers are reused for all visitors. */
const HOLDS_MS = 60_000;

/** Returns `listingOf`; with places on other servers the result is reused for a minute. */
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

/** Lists the places' files of the models that a tab may request, each file from the first place that has it. */
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
  // The length of a compressed answer is not the file's.
  const length = answer.headers.get("content-encoding") ? null : answer.headers.get("content-length");
  return Number(length) || bytes;
}
