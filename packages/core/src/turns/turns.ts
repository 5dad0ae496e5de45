import { Turn } from "./turn.ts";

export interface TurnsOptions {
  /**
   * For hosts that may cut work off in the middle, such as an isolate when the request of that work ends. A holder that
   * makes no step for this many milliseconds loses its turn to a waiter. Default: it never does.
   */
  readonly cutOffMs?: number | undefined;
}

interface Waiter {
  readonly turn: Turn;
  readonly wake: () => void;
}

/** Milliseconds between two checks of a waiter that polls. */
const CHECK_MS = 5;
/** A waiter that was not cut off begins its turn within a few of its checks. */
const BEGIN_MS = 20 * CHECK_MS;

/**
 * Runs one piece of work at a time, in the order asked. A failure does not stop the work behind it.
 *
 * Each caller runs its own work when its turn comes; no caller waits for another's result. Where holders may be cut off, waiters
 * poll with timers of their own. In an isolate, a request that another one wakes continues in that one's context, or not at all
 * if that has ended; a request without pending work of its own is ended as hanging.
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

  /** Resolves when all turns taken so far have ended. */
  ended(): Promise<void> {
    return this.take(async () => undefined);
  }

  #granted(turn: Turn): Promise<void> {
    return new Promise((resolve) => {
      const wakes = this.#cutOffMs === Number.POSITIVE_INFINITY;
      const waiter = { turn, wake: wakes ? resolve : () => undefined };
      this.#waiting.push(waiter);
      if (!wakes) this.#poll(waiter, resolve);
    });
  }

  #pass(): void {
    const next = this.#waiting.shift();
    this.#holder = next?.turn;
    next?.wake();
  }

  /**
   * Resolves when the turn is free, or takes it from a holder that makes no steps. Time is counted in checks, because a busy thread
   * makes none.
   */
  #poll(waiter: Waiter, resolve: () => void): void {
    const { turn } = waiter;
    let [holder, steps, checks] = [this.#holder, this.#holder?.steps, 0];
    const check = () => {
      if (turn.lost) this.#queueAgain(waiter);
      if (holder !== this.#holder || steps !== holder?.steps) {
        [holder, steps, checks] = [this.#holder, this.#holder?.steps, 0];
      } else if (++checks * CHECK_MS >= (steps ? this.#cutOffMs : BEGIN_MS)) this.#overtake(turn);
      if (this.#holder === turn) resolve();
      else setTimeout(check, CHECK_MS);
    };
    setTimeout(check, CHECK_MS);
  }

  /** The waiter lost its turn before it could begin, but was not cut off: it waits again, first in the queue. */
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
