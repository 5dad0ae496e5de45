import type { ComputedText } from "../computed-text.ts";
import { AbortedError } from "../errors.ts";
import type { Priority } from "../ports/embedder.ts";
import { Turns, type TurnsOptions } from "../turns/turns.ts";

/** Computed texts by cache key. */
export type TextsByKey = ReadonlyMap<string, ComputedText>;

type Outcome = { readonly texts: TextsByKey } | { readonly error: unknown };

/**
 * One computation that several callers wait for. The first caller runs it; if that caller is cut off, another runs it. It is aborted
 * only when the last caller has aborted.
 */
export class SharedEmbedding {
  readonly priority: Priority;
  readonly #work: (signal: AbortSignal) => Promise<TextsByKey>;
  readonly #turns: Turns;
  readonly #controller = new AbortController();
  #outcome: Outcome | undefined;
  #waiting = 0;

  constructor(priority: Priority, work: (signal: AbortSignal) => Promise<TextsByKey>, options?: TurnsOptions) {
    this.priority = priority;
    this.#work = work;
    this.#turns = new Turns(options);
  }

  /** False after it was aborted: no caller may join any more. */
  get isOpen(): boolean {
    return !this.#controller.signal.aborted;
  }

  wait(signal: AbortSignal | undefined): Promise<TextsByKey> {
    this.#waiting += 1;
    const result = this.#turns.take(() => this.#run());
    if (!signal) return result;
    return new Promise((resolve, reject) => {
      const abort = () => {
        reject(new AbortedError(signal.reason));
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#controller.abort(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      const stop = () => signal.removeEventListener("abort", abort);
      result.then(resolve, reject).finally(stop);
    });
  }

  async #run(): Promise<TextsByKey> {
    this.#outcome ??= await this.#work(this.#controller.signal).then(
      (texts) => ({ texts }),
      (error) => ({ error }),
    );
    if ("error" in this.#outcome) throw this.#outcome.error;
    return this.#outcome.texts;
  }
}
