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
  readonly wake: () => void;
}

/** Between two looks of a waiter that nobody may wake. */
const LOOK_MS = 5;
/** A waiter that lives begins within a few looks of its own. */
const BEGIN_MS = 20 * LOOK_MS;

/**
 * One piece of work at a time, in the order asked. A failed one does not stop those behind it.
 *
 * Each does its own work when its turn comes, and nobody waits for a result of others. Where holders may be cut off, waiters look by
 * timers of their own whether it came: in an isolate a request that another one wakes goes on in the other's place, or not at
 * all when that has ended, and one that has nothing of its own under way is taken for one that hangs.
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
    turn.step();
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

  #granted(turn: Turn): Promise<void> {
    return new Promise((resolve) => {
      const wakes = this.#cutOffMs === Number.POSITIVE_INFINITY;
      const waiter = { turn, wake: wakes ? resolve : () => undefined };
      this.#waiting.push(waiter);
      if (!wakes) this.#look(waiter, resolve);
    });
  }

  #pass(): void {
    const next = this.#waiting.shift();
    this.#holder = next?.turn;
    next?.wake();
  }

  /** Resolves when the turn came, or takes it when the holder shows no sign of life. Time is counted in looks: a thread that was busy made none. */
  #look(waiter: Waiter, resolve: () => void): void {
    const { turn } = waiter;
    let [holder, steps, looks] = [this.#holder, this.#holder?.steps, 0];
    const look = () => {
      if (turn.lost) this.#queueAgain(waiter);
      if (holder !== this.#holder || steps !== holder?.steps) {
        [holder, steps, looks] = [this.#holder, this.#holder?.steps, 0];
      } else if (++looks * LOOK_MS >= (steps ? this.#cutOffMs : BEGIN_MS)) this.#overtake(turn);
      if (this.#holder === turn) resolve();
      else setTimeout(look, LOOK_MS);
    };
    setTimeout(look, LOOK_MS);
  }

  /** It was taken for dead when its turn came, and was not. */
  #queueAgain(waiter: Waiter): void {
    waiter.turn.lost = false;
    this.#waiting.unshift(waiter);
  }

  #overtake(turn: Turn): void {
    if (this.#holder) this.#holder.lost = true;
    const at = this.#waiting.findIndex((waiter) => waiter.turn === turn);
    this.#waiting.splice(at, 1);
    this.#holder = turn;
  }
}
