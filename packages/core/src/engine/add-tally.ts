import type { Entry } from "../entry.ts";
import type { AddSummary } from "../ports/search-engine.ts";

/** What became of the entries of one `add`. Of an id given again, in whatever batch, the last entry counts. */
export class AddTally {
  private readonly present = new Map<string, boolean>();
  private readonly unread = new Set<string>();
  /** Entries as they were given, each time they were. */
  done = 0;

  /** A batch was stored; of its ids `skipped` hold nothing to read in their last text, `unread` a part that the model does not read. */
  stored(batch: readonly Entry[], { skipped, unread = [] }: Pick<AddSummary, "skipped" | "unread">): void {
    for (const { id } of batch) {
      this.present.set(id, true);
      this.unread.delete(id);
    }
    for (const id of skipped) this.present.set(id, false);
    for (const id of unread) this.unread.add(id);
    this.done += batch.length;
  }

  summary(): AddSummary {
    const skipped = [...this.present].flatMap(([id, present]) => (present ? [] : [id]));
    const summary = { added: this.present.size - skipped.length, skipped };
    return this.unread.size > 0 ? { ...summary, unread: [...this.unread] } : summary;
  }
}
