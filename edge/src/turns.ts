/** One piece of work at a time for each key, in the order asked. A failed one does not stop those behind it. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.last.set(key, mine);
    const forget = () => {
      if (this.last.get(key) === mine) this.last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** Resolves when everything taken so far has ended. */
  async ended(): Promise<void> {
    await Promise.allSettled([...this.last.values()]);
  }
}
