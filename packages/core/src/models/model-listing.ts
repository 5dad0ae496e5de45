import type { FetchInit, FetchLike } from "./http-source.ts";

/** The listing's file name; the file lies beside the folders of models. */
export const LISTING_FILE = "files.json";

/** Sizes in bytes of the files that a place of models lists, null for a missing file. Files that are not listed are unknown. */
export type ModelListing = ReadonlyMap<string, number | null>;

const FORMAT = "pipit-model-files";
const VERSION = 1;

/** The text that `parseListing` reads. */
export function listingText(listing: ModelListing): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, files: Object.fromEntries(listing) });
}

/** Returns undefined for other texts: a host may answer any path with a page, and a later version may have another meaning. */
export function parseListing(text: string): ModelListing | undefined {
  const { format, version, files } = recordOf(parsed(text));
  if (format !== FORMAT || version !== VERSION) return undefined;
  const entries = Object.entries(recordOf(files));
  return isRecord(files) && entries.every(([, bytes]) => isSize(bytes))
    ? new Map(entries as [string, number | null][])
    : undefined;
}

/** The listing below `base`, or undefined if it cannot be fetched: then files must be requested one by one. */
export async function fetchListing(
  base: string,
  fetchLike: FetchLike,
  init: FetchInit = {},
): Promise<ModelListing | undefined> {
  try {
    const response = await fetchLike(`${base.replace(/\/+$/, "")}/${LISTING_FILE}`, init);
    return response.ok
      ? parseListing(new TextDecoder().decode(new Uint8Array(await response.arrayBuffer())))
      : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): boolean {
  return value === null || (Number.isSafeInteger(value) && (value as number) >= 0);
}
