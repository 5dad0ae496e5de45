import type { Turn } from "./turn.ts";
import { Turns, type TurnsOptions } from "./turns.ts";

/** One queue of turns per key. */
export class KeyedTurns {
  readonly #options: TurnsOptions;
  readonly #queues = new Map<string, { readonly turns: Turns; users: number }>();

  constructor(options: TurnsOptions = {}) {
    this.#options = options;
  }

  async take<T>(key: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? { turns: new Turns(this.#options), users: 0 };
    this.#queues.set(key, queue);
    queue.users++;
    try {
      return await queue.turns.take(work);
    } finally {
      if (--queue.users === 0) this.#queues.delete(key);
    }
  }

  /** Resolves when all turns taken so far have ended. */
  async ended(): Promise<void> {
    await Promise.all(Array.from(this.#queues.values(), ({ turns }) => turns.ended()));
  }
}
