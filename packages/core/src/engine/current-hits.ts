import type { CollectionHit, ReadableCollection } from "../ports/collection.ts";
import type { Hit } from "../ports/search-engine.ts";
import { type HitsToRead, readHits } from "./read-hits.ts";

export interface Found {
  /** Best first. */
  readonly found: readonly CollectionHit[];
  readonly partial: boolean | undefined;
}

interface CurrentHits {
  readonly hits: Hit[];
  readonly partial: boolean | undefined;
}

const MOST_SEARCHES = 4;

/**
 * Finds hits and reads their entries. Entries may change in between. Such a hit is left out and the search is made again, for more
 * hits than `k`. If entries change during each of the searches, the answer is marked as partial.
 */
export async function currentHits(
  collection: Pick<ReadableCollection, "getMany">,
  find: (k: number) => Promise<Found>,
  query: HitsToRead,
): Promise<CurrentHits> {
  let spare = 0;
  for (let searches = 1; ; searches++) {
    const { found, partial } = await find(query.k + spare);
    const { hits, changed } = await readHits(collection, found, query);
    if (changed === 0) return { hits, partial };
    if (searches === MOST_SEARCHES) return { hits, partial: true };
    spare = 2 * spare + changed;
  }
}
