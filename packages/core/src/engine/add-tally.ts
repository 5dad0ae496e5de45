import type { Entry } from "../entry.ts";
import type { AddSummary } from "../ports/search-engine.ts";

/** What became of the entries of one `add`. Of an id given again, in whatever batch, the last entry counts. */
export class AddTally {
  private readonly present = new Map<string, boolean>();
  /** Entries as they were given, each time they were. */
  done = 0;

  /** A batch was stored; `skipped` are the ids in it whose last text holds nothing to read. */
  stored(batch: readonly Entry[], skipped: readonly string[]): void {
    for (const { id } of batch) this.present.set(id, true);
    for (const id of skipped) this.present.set(id, false);
    this.done += batch.length;
  }

  summary(): AddSummary {
    const skipped = [...this.present].flatMap(([id, present]) => (present ? [] : [id]));
    return { added: this.present.size - skipped.length, skipped };
  }
}
