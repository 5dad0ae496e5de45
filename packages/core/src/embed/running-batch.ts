import { type Computed, type ComputedForm, computedTexts } from "../computed-text.ts";
import { contentOf } from "../pieces.ts";
import type { Piece } from "../ports/embedder.ts";
import type { LaneCall } from "./lane-call.ts";
import { callsOf, type WaitingPiece } from "./lane-queue.ts";

/** The batch that a lane's device computes now, and the calls that wait for its pieces. */
export class RunningBatch {
  readonly pieces: readonly WaitingPiece[];
  readonly #controller = new AbortController();

  constructor(pieces: readonly WaitingPiece[]) {
    this.pieces = pieces;
  }

  /** All its pieces ask the same. */
  get form(): ComputedForm {
    return this.pieces[0]!.form;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** False once all its calls have ended without a result. */
  get isAwaited(): boolean {
    return callsOf(this.pieces).some((call) => !call.settled);
  }

  /** Adds the call to pieces of this batch, which need no second run. Returns the rows that these pieces serve. */
  join(
    { pieces, form }: { readonly pieces: readonly Piece[]; readonly form: ComputedForm },
    call: LaneCall,
  ): Set<number> {
    const joined = new Set<number>();
    if (this.signal.aborted || form !== this.form) return joined;
    const byContent = new Map(this.pieces.map((waiting) => [contentOf(waiting.piece), waiting]));
    pieces.forEach((piece, row) => {
      const waiting = byContent.get(contentOf(piece));
      if (!waiting) return;
      waiting.waiters.push({ call, row });
      joined.add(row);
    });
    return joined;
  }

  deliver(computed: Computed, dimensions: number): void {
    let i = 0;
    for (const text of computedTexts(computed, dimensions)) {
      for (const { call, row } of this.pieces[i++]!.waiters) call.deliver(row, text);
    }
  }

  abort(): void {
    this.#controller.abort();
  }
}
