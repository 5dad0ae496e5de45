/** The runtime keeps a request no longer than this after its answer. */
const MOST_MS = 30_000;
const CHECK_MS = 100;

/**
 * Work that no caller waits for, such as saving a snapshot. In an isolate it ends with its request, which must therefore be kept until
 * the work has ended. Each request polls with timers of its own, because it may not wait for another request's work.
 */
export class Background {
  /** The start time of each piece of work. */
  readonly #works = new Map<symbol, number>();

  /** Returns the function to call when the work has ended. */
  readonly begin = (): (() => void) => {
    const work = Symbol();
    this.#works.set(work, performance.now());
    return () => void this.#works.delete(work);
  };

  async ended(): Promise<void> {
    const began = performance.now();
    while (this.#isAtWork && performance.now() - began < MOST_MS) {
      await new Promise<void>((resolve) => void setTimeout(resolve, CHECK_MS));
    }
  }

  /** Work whose request ended long ago is dropped, because it will never report its end. */
  get #isAtWork(): boolean {
    const now = performance.now();
    for (const [work, began] of this.#works) if (now - began > MOST_MS) this.#works.delete(work);
    return this.#works.size > 0;
  }
}
