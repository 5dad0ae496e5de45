import { letOthersRun, throwIfAborted } from "@pipit/core";
import { type HeldIndex, IndexMove } from "./index-move.ts";

export interface Successor<T extends HeldIndex> {
  readonly from: HeldIndex;
  /** The order in which the rows are copied. */
  order(rows: Uint32Array): Uint32Array;
  /** Makes the empty index. */
  make(): Promise<T>;
  /** Whether it is to replace the other one, now that it has the same rows and its recall was measured. */
  isBetter(made: T): boolean;
  /** Makes it the index that answers and takes changes from this call on, and closes the other one. */
  takeOver(made: T): void;
  /** Called where it does not replace the other one: it is no better, or there is no memory for it. */
  passOver?(): void;
}

/** Replaces the index that answers by another one, made in the background. All changes meanwhile must be reported to it. */
export class Succession {
  readonly #dimensions: number;
  readonly #ending = new AbortController();
  #move: IndexMove | undefined;
  #running: Promise<void> | undefined;
  /** Changes that have begun and not ended. */
  #changing = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
  }

  get isUnderWay(): boolean {
    return this.#running !== undefined;
  }

  begin<T extends HeldIndex>(successor: Successor<T>): void {
    this.#running = this.#run(successor).finally(() => {
      this.#running = undefined;
    });
  }

  /** To be called with the first index's promise, before anything else runs: most of its work is done within the call. */
  noteAdded(rows: Uint32Array, adding: Promise<void>): Promise<void> {
    this.#move?.noteAdded(rows);
    return this.#ended(adding);
  }

  async noteRemoved(rows: Uint32Array, removing: Promise<number>): Promise<number> {
    const [removed] = await Promise.all([this.#ended(removing), this.#move?.noteRemoved(rows)]);
    return removed;
  }

  /** Never rejects. */
  async whenDone(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#move?.to.close();
  }

  async #ended<T>(change: Promise<T>): Promise<T> {
    this.#changing++;
    try {
      return await change;
    } finally {
      this.#changing--;
    }
  }

  /** Never rejects: the index that answers stays when no other can be made. */
  async #run<T extends HeldIndex>(successor: Successor<T>): Promise<void> {
    let made: T | undefined;
    try {
      made = await successor.make();
      const dimensions = this.#dimensions;
      const ending = this.#ending;
      const move = new IndexMove({ ...successor, to: made, dimensions, signal: ending.signal });
      this.#move = move;
      await move.run();
      // Repeats until no change is under way and none is left to be copied. The code after it sees both indexes in one turn.
      while (this.#changing > 0 || move.isBehind) {
        throwIfAborted(ending.signal);
        await letOthersRun();
        await move.catchUp();
      }
      this.#move = undefined;
      if (move.isWhole && successor.isBetter(made)) return successor.takeOver(made);
    } catch {
      // Memory is full, or the index was closed.
      this.#move = undefined;
    }
    if (!this.#ending.signal.aborted) successor.passOver?.();
    await made?.close();
  }
}
