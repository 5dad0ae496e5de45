import type { Fields } from "../entry.ts";
import type { Passage, UnreadPassage } from "../ports/entry-store.ts";

/** The part of an entry that is held in memory: enough to filter, and to turn a row into a hit. */
export interface Listing {
  readonly id: string;
  readonly passages: readonly Passage[];
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly fields: Fields;
  readonly provisional: boolean;
}
