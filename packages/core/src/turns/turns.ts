import { Turn } from "./turn.ts";

export interface TurnsOptions {
  /**
   * For hosts that may cut work off in its middle, as an isolate does when the request ends that the work belongs to: a holder
   * that shows no sign of life for so many milliseconds loses its turn to one that waits. For ever unless told.
   */
  readonly cutOffMs?: number | undefined;
}

interface Waiter {
  readonly turn: Turn;
  readonly begin: () => void;
}

/** So often a waiter looks for a sign of life before it takes over. One look would not do: the thread may have been busy. */
const LOOKS = 4;

/**
 * One piece of work at a time, in the order asked. A failed one does not stop those behind it.
 *
 * Each waiter waits on a promise of its own, which the holder before it resolves, and does its own work. In an isolate a promise
 * belongs to the request that made it: one that hangs on another's work ends with that other request. There a waiter also keeps
 * a timer, because a request with nothing under way but such a promise is taken for one that hangs.
 */
export class Turns {
  readonly #cutOffMs: number;
  readonly #waiting: Waiter[] = [];
  #holder: Turn | undefined;

  constructor({ cutOffMs = Number.POSITIVE_INFINITY }: TurnsOptions = {}) {
    this.#cutOffMs = cutOffMs;
  }

  async take<T>(work: (turn: Turn) => Promise<T>): Promise<T> {
    const turn = new Turn();
    if (this.#holder) await this.#granted(turn);
    else this.#holder = turn;
    try {
      return await work(turn);
    } finally {
      if (!turn.lost) this.#pass();
    }
  }

  /** Resolves when everything taken so far has ended. */
  ended(): Promise<void> {
    return this.take(async () => undefined);
  }

  async #granted(turn: Turn): Promise<void> {
    let stopWatching = () => {};
    await new Promise<void>((resolve) => {
      const begin = () => {
        this.#holder = turn;
        resolve();
      };
      const waiter = { turn, begin };
      this.#waiting.push(waiter);
      if (this.#cutOffMs < Number.POSITIVE_INFINITY) stopWatching = this.#watch(waiter);
    });
    // Here and not in `begin`: an isolate's timer can be cleared by the request alone that set it.
    stopWatching();
  }

  #pass(): void {
    this.#holder = undefined;
    this.#waiting.shift()?.begin();
  }

  #watch(waiter: Waiter): () => void {
    let [holder, steps, looks] = [this.#holder, this.#holder?.steps, 0];
    const look = () => {
      if (holder !== this.#holder || steps !== holder?.steps) {
        [holder, steps, looks] = [this.#holder, this.#holder?.steps, 0];
      } else if (++looks === LOOKS) return this.#overtake(waiter);
      timer = setTimeout(look, this.#cutOffMs / LOOKS);
    };
    let timer = setTimeout(look, this.#cutOffMs / LOOKS);
    return () => clearTimeout(timer);
  }

  #overtake(waiter: Waiter): void {
    if (this.#holder) this.#holder.lost = true;
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    waiter.begin();
  }
}
