import type { LaneCall } from "./lane-call.ts";
import { callsOf, type WaitingText } from "./lane-queue.ts";

/** The batch that a lane's device computes now, and the calls that wait for its texts. */
export class RunningBatch {
  readonly texts: readonly WaitingText[];
  readonly #controller = new AbortController();

  constructor(texts: readonly WaitingText[]) {
    this.texts = texts;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** False once all its calls have ended without a result. */
  get isAwaited(): boolean {
    return callsOf(this.texts).some((call) => !call.settled);
  }

  /** Adds the call to texts of this batch, which need no second run. Returns the rows that these texts serve. */
  join(texts: readonly string[], call: LaneCall): Set<number> {
    const joined = new Set<number>();
    if (this.signal.aborted) return joined;
    const byText = new Map(this.texts.map((waiting) => [waiting.text, waiting]));
    texts.forEach((text, row) => {
      const waiting = byText.get(text);
      if (!waiting) return;
      waiting.waiters.push({ call, row });
      joined.add(row);
    });
    return joined;
  }

  /** `vectors` is row-major [texts, dimensions]. */
  deliver(vectors: Float32Array, dimensions: number): void {
    for (const [i, { waiters }] of this.texts.entries()) {
      const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions);
      for (const { call, row } of waiters) call.deliver(row, vector);
    }
  }

  abort(): void {
    this.#controller.abort();
  }
}
