import { closedError } from "../closed-error.ts";
import { Slices } from "../let-others-run.ts";
import type { CatchingUp } from "../ports/collection.ts";
import type { EntryStore, StoreState } from "../ports/entry-store.ts";
import type { Turn } from "../turns/turn.ts";
import type { Turns } from "../turns/turns.ts";
import type { DerivedState } from "./derived-state.ts";
import { Patience } from "./patience.ts";

export interface CatchUpParts {
  readonly store: EntryStore;
  readonly derived: DerivedState;
  /** The derived state changes in these turns only. */
  readonly turns: Turns;
  readonly cutOffMs?: number | undefined;
  /**
   * Called before changes are taken in, because a host such as a Worker ends with its last request, and callers may not wait for the
   * end of this work. The returned function is called at that end.
   */
  readonly keepAlive?: (() => () => void) | undefined;
  /** Called with the number of changes that were taken in, before the turn ends. */
  onTaken(changes: number): void;
}

/** A search always waits for up to this many changes of other holders. With more it may answer from what was taken in. */
const ALWAYS_AWAITED = 4096;

/**
 * Takes in the writes of other holders of the store: tabs, processes or isolates that have it open. A call reads the store's sequence, and takes a turn only if the derived state
 * is behind it. The first call with a turn does the work for all that wait.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #patience: Patience;
  #stopped = false;
  /** Set while changes are taken in. */
  progress: CatchingUp | undefined;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
    this.#patience = new Patience({ always: ALWAYS_AWAITED, cutOffMs: parts.cutOffMs });
  }

  /** Waits until the writes of other holders are taken in, or until `Patience` ends; `progress` is set in the second case. */
  async briefly(): Promise<void> {
    const { sequence } = await this.#parts.store.state();
    if (this.#isBehind(sequence)) await this.#patience.wait(() => this.#reach(sequence));
  }

  /** Waits until all writes of other holders are taken in. */
  async fully(): Promise<void> {
    const { sequence } = await this.#parts.store.state();
    if (this.#isBehind(sequence)) await this.#reach(sequence);
  }

  /** Takes in all changes within a turn, and returns the store's state. */
  async inTurn(turn: Turn): Promise<StoreState> {
    await this.#parts.derived.openForChanges();
    const state = await this.#parts.store.state();
    if (!this.#isBehind(state.sequence)) return state;
    this.#patience.begin();
    const end = this.#parts.keepAlive?.();
    try {
      await this.#replay(state.sequence, turn);
    } finally {
      end?.();
      if (!turn.lost) this.#end();
    }
    return state;
  }

  /** Work under way fails with `closed` at its next step. Changes that were taken in stay. */
  stop(): void {
    this.#stopped = true;
  }

  #isBehind(sequence: number): boolean {
    return this.#parts.derived.sequence < sequence;
  }

  async #reach(sequence: number): Promise<void> {
    let isLost = false;
    do {
      isLost = await this.#parts.turns.take((turn) => this.#losesTurn(sequence, turn));
    } while (isLost);
  }

  /** Returns whether the turn was lost. Its new holder continues the work, and this call takes another turn. */
  async #losesTurn(sequence: number, turn: Turn): Promise<boolean> {
    try {
      if (this.#isBehind(sequence)) await this.inTurn(turn);
    } catch (error) {
      if (!turn.lost) throw error;
    }
    return turn.lost;
  }

  async #replay(total: number, turn: Turn): Promise<void> {
    const { store, derived, onTaken } = this.#parts;
    const slices = new Slices();
    let done = 0;
    for await (const changes of store.changes(derived.sequence)) {
      if (this.#stopped) throw closedError("collection");
      await derived.apply(changes, turn);
      // The next page may hold more changes of the same write.
      derived.reach((changes.at(-1)?.sequence ?? 0) - 1);
      this.progress = { done: Math.min(derived.sequence, total), total };
      done += changes.length;
      onTaken(changes.length);
      this.#patience.note(done);
      await slices.pause();
    }
    turn.step();
    derived.reach(total);
  }

  #end(): void {
    this.#patience.end();
    this.progress = undefined;
  }
}
