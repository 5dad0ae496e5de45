import type { Entry } from "../entry.ts";
import type { AddSummary } from "../ports/search-engine.ts";

/** Counts the outcome of one `add`. If an id occurs several times, in any batch, its last entry counts. */
export class AddTally {
  readonly #present = new Map<string, boolean>();
  readonly #unread = new Set<string>();
  /** Entries that were processed, repeated ids included. */
  done = 0;

  /** Notes a stored batch. Of its ids, `skipped` have nothing visible in their last text, `unread` have a part that the model does not read. */
  stored(batch: readonly Entry[], { skipped, unread = [] }: Pick<AddSummary, "skipped" | "unread">): void {
    for (const { id } of batch) {
      this.#present.set(id, true);
      this.#unread.delete(id);
    }
    for (const id of skipped) this.#present.set(id, false);
    for (const id of unread) this.#unread.add(id);
    this.done += batch.length;
  }

  summary(): AddSummary {
    const skipped = [...this.#present].flatMap(([id, present]) => (present ? [] : [id]));
    const summary = { added: this.#present.size - skipped.length, skipped };
    return this.#unread.size > 0 ? { ...summary, unread: [...this.#unread] } : summary;
  }
}
