import type { Fields } from "../entry.ts";
import type { FurtherVectors, Passage, StoredMedium, UnreadPassage } from "../ports/entry-store.ts";

/** The parts of an entry in a further space. */
export type FurtherParts = Pick<FurtherVectors, "space" | "parts">;

/** The part of an entry that is held in memory: enough to filter, and to turn a row into a hit. */
export interface Listing {
  readonly id: string;
  readonly passages: readonly Passage[];
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly media?: readonly StoredMedium[] | undefined;
  readonly further?: readonly FurtherParts[] | undefined;
  readonly fields: Fields;
  readonly provisional: boolean;
}
