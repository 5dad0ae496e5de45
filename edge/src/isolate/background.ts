/** No request is kept longer after its answer than the runtime would keep it. */
const MOST_MS = 30_000;
const LOOK_MS = 100;

/**
 * Work that no caller waits for, such as saving a snapshot. In an isolate it ends with the request that it belongs to: that
 * one has to stay until the work has ended. Requests look by timers of their own, because none may wait for what another does.
 */
export class Background {
  /** When each began. */
  private readonly works = new Map<symbol, number>();

  /** What it answers is called when the work has ended. */
  readonly begin = (): (() => void) => {
    const work = Symbol();
    this.works.set(work, performance.now());
    return () => void this.works.delete(work);
  };

  async ended(): Promise<void> {
    const began = performance.now();
    while (this.isAtWork && performance.now() - began < MOST_MS) {
      await new Promise<void>((resolve) => void setTimeout(resolve, LOOK_MS));
    }
  }

  /** Of works whose requests are long over nobody will say that they have ended. */
  private get isAtWork(): boolean {
    const now = performance.now();
    for (const [work, began] of this.works) if (now - began > MOST_MS) this.works.delete(work);
    return this.works.size > 0;
  }
}
