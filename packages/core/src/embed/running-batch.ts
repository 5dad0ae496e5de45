import { type Computed, type ComputedForm, computedTexts } from "../computed-text.ts";
import type { LaneCall } from "./lane-call.ts";
import { callsOf, type WaitingText } from "./lane-queue.ts";

/** The batch that a lane's device computes now, and the calls that wait for its texts. */
export class RunningBatch {
  readonly texts: readonly WaitingText[];
  readonly #controller = new AbortController();

  constructor(texts: readonly WaitingText[]) {
    this.texts = texts;
  }

  /** All its texts ask the same. */
  get form(): ComputedForm {
    return this.texts[0]!.form;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** False once all its calls have ended without a result. */
  get isAwaited(): boolean {
    return callsOf(this.texts).some((call) => !call.settled);
  }

  /** Adds the call to texts of this batch, which need no second run. Returns the rows that these texts serve. */
  join(
    { texts, form }: { readonly texts: readonly string[]; readonly form: ComputedForm },
    call: LaneCall,
  ): Set<number> {
    const joined = new Set<number>();
    if (this.signal.aborted || form !== this.form) return joined;
    const byText = new Map(this.texts.map((waiting) => [waiting.text, waiting]));
    texts.forEach((text, row) => {
      const waiting = byText.get(text);
      if (!waiting) return;
      waiting.waiters.push({ call, row });
      joined.add(row);
    });
    return joined;
  }

  deliver(computed: Computed, dimensions: number): void {
    let i = 0;
    for (const text of computedTexts(computed, dimensions)) {
      for (const { call, row } of this.texts[i++]!.waiters) call.deliver(row, text);
    }
  }

  abort(): void {
    this.#controller.abort();
  }
}
