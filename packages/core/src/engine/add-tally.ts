import type { Entry } from "../entry.ts";
import type { AddSummary, UnreadableMedium } from "../ports/search-engine.ts";

/** Counts the outcome of one `add`. If an id occurs several times, in any batch, its last entry counts. */
export class AddTally {
  readonly #present = new Map<string, boolean>();
  readonly #unread = new Set<string>();
  readonly #unreadable = new Map<string, readonly UnreadableMedium[]>();
  /** Entries that were processed, repeated ids included. */
  done = 0;

  /** Notes a stored batch. Of its ids, `skipped` have nothing to read in their last entry, `unread` have a part that the model does not read. */
  stored(batch: readonly Entry[], { skipped, unread = [], unreadable = [] }: Omit<AddSummary, "added">): void {
    for (const { id } of batch) {
      this.#present.set(id, true);
      this.#unread.delete(id);
      this.#unreadable.delete(id);
    }
    for (const id of skipped) this.#present.set(id, false);
    for (const id of unread) this.#unread.add(id);
    for (const medium of unreadable)
      this.#unreadable.set(medium.id, [...(this.#unreadable.get(medium.id) ?? []), medium]);
    this.done += batch.length;
  }

  summary(): AddSummary {
    const skipped = [...this.#present].flatMap(([id, present]) => (present ? [] : [id]));
    const unreadable = [...this.#unreadable.values()].flat();
    return {
      added: this.#present.size - skipped.length,
      skipped,
      ...(this.#unread.size > 0 && { unread: [...this.#unread] }),
      ...(unreadable.length > 0 && { unreadable }),
    };
  }
}
