import { isPipitError } from "../errors.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { Turn } from "../turns/turn.ts";
import type { DerivedState } from "./derived-state.ts";
import { readSnapshot, snapshotPieces } from "./snapshot.ts";
import type { CollectionSnapshot } from "./snapshot-format.ts";

export interface SnapshotKeeperParts {
  /** Holds the snapshots. Without it none are saved, and opening rebuilds from the store. The keeper does not close it. */
  readonly snapshots?: ByteStore | undefined;
  /** The snapshot's key in `snapshots`. */
  readonly snapshotKey?: string | undefined;
  /** A due snapshot is saved after this many milliseconds without a write, 2,000 by default. */
  readonly quietMs?: number | undefined;
  /**
   * For hosts that end with their last request, as an isolate does. It is called when work begins that no caller waits for (saving
   * a snapshot, a long catch-up). The function that it returns is called when the work has ended or was postponed.
   */
  readonly keepAlive?: (() => () => void) | undefined;
  /** Called for a snapshot that could not be used or saved. The collection works without it. */
  readonly onSnapshotError?: ((error: unknown) => void) | undefined;
}

const QUIET_MS = 2000;
/** Share of the entries that must have changed since the last snapshot before the next one is due. Fewer changes are replayed from the store. */
const DUE = 0.03;
/** At this share a snapshot is saved although writes do not pause. */
const OVERDUE = 0.12;
/** At this share a snapshot is saved on closing, and after an opening that replayed so many. Fewer changes are replayed quickly. */
const DUE_AT_END = 0.003;

interface DueSave {
  /** The time at which it was last postponed. */
  readonly since: number;
  readonly drop: () => void;
}

/**
 * Loads and saves one collection's snapshot. The store has every change since, so that not every write needs a snapshot. It is saved
 * when replaying the changes would take long compared with saving. No failure here reaches the caller: a snapshot only saves
 * time at the next opening.
 */
export class SnapshotKeeper {
  readonly #parts: SnapshotKeeperParts;
  readonly #key: string;
  /** Changes that the newest snapshot does not cover. */
  #since = 0;
  /** `since` at the last save that failed. The next save is tried after as many further changes as make a snapshot due. */
  #failedAt = 0;
  #due: DueSave | undefined;

  constructor(parts: SnapshotKeeperParts) {
    this.#parts = parts;
    this.#key = parts.snapshotKey ?? "snapshot";
  }

  async load(): Promise<CollectionSnapshot | undefined> {
    try {
      const [bytes] = (await this.#parts.snapshots?.getMany([this.#key])) ?? [];
      return bytes && (await readSnapshot(bytes));
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  async drop(): Promise<void> {
    await this.#parts.snapshots?.deleteMany([this.#key]).catch((error) => this.report(error));
  }

  report(error: unknown): void {
    this.#parts.onSnapshotError?.(error);
  }

  noteChanges(count: number): void {
    this.#since += count;
  }

  /** Runs `save` when a snapshot is due and this was not called again for the quiet time. */
  whenDue({ directory }: DerivedState, save: () => Promise<void>, share = DUE): void {
    const { entries } = directory;
    if (!this.#parts.snapshots || !this.#isDue(entries, share)) return;
    if (this.#isWaiting && this.#isDue(entries, OVERDUE)) return;
    this.stop();
    this.#due = this.#later(save);
  }

  /** As `whenDue`, for changes that every opening replays until a snapshot has them. A host may end without closing, as a tab does. */
  whenDueAfterOpening(derived: DerivedState, save: () => Promise<void>): void {
    this.whenDue(derived, save, DUE_AT_END);
  }

  stop(): void {
    this.#due?.drop();
    this.#due = undefined;
  }

  async saveAtEnd(derived: DerivedState, turn: Turn): Promise<void> {
    this.stop();
    if (this.#isDue(derived.directory.entries, DUE_AT_END)) await this.save(derived, turn);
  }

  /** The turn ensures that nothing else changes `derived` until this resolves. */
  async save(derived: DerivedState, turn: Turn): Promise<void> {
    const { snapshots } = this.#parts;
    if (!snapshots || this.#since === 0) return;
    try {
      const put = async () =>
        snapshots.putPieces(this.#key, inSteps(snapshotPieces(await derived.snapshotSource()), turn));
      await put().catch((error) => this.#withoutTheOld(error, put));
      this.#since = 0;
      this.#failedAt = 0;
    } catch (error) {
      this.#failedAt = this.#since;
      this.report(error);
    }
  }

  /**
   * If there is no room, the former snapshot is deleted: it covers entries that may be removed by now, and takes the room of others. The
   * store suffices to do without it.
   */
  async #withoutTheOld(error: unknown, put: () => Promise<void>): Promise<void> {
    if (!isPipitError(error, "storage-full")) throw error;
    await this.drop();
    await put();
  }

  #later(save: () => Promise<void>): DueSave {
    const end = this.#parts.keepAlive?.() ?? (() => {});
    const timer = setTimeout(() => {
      // In an isolate `clearTimeout` works within the same request only, so a dropped timer may still fire.
      if (this.#due !== due) return;
      this.#due = undefined;
      save()
        .catch((error) => this.report(error))
        .finally(end);
    }, this.#quietMs);
    const drop = () => {
      clearTimeout(timer);
      end();
    };
    const due: DueSave = { since: performance.now(), drop };
    return due;
  }

  /** False for a save that is long overdue: its timer ended with the request that had set it. */
  get #isWaiting(): boolean {
    return this.#due !== undefined && performance.now() - this.#due.since < 2 * this.#quietMs;
  }

  get #quietMs(): number {
    return this.#parts.quietMs ?? QUIET_MS;
  }

  #isDue(entries: number, share: number): boolean {
    const fresh = this.#since - this.#failedAt;
    return fresh > 0 && fresh >= entries * share;
  }
}

/** Fails when the turn is lost, so that no complete snapshot is written from state that may have changed. */
async function* inSteps(pieces: AsyncIterable<Uint8Array>, turn: Turn): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    turn.step();
    yield piece;
  }
}
