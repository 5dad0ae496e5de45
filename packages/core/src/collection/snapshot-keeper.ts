import type { ByteStore } from "../ports/byte-store.ts";
import type { Turn } from "../turns/turn.ts";
import type { DerivedState } from "./derived-state.ts";
import { type CollectionSnapshot, readSnapshot, snapshotPieces } from "./snapshot.ts";

export interface SnapshotKeeperParts {
  /** Where snapshots go; without it nothing is kept and opening rebuilds from the store. Not closed by the keeper. */
  readonly snapshots?: ByteStore | undefined;
  /** The snapshot's key in `snapshots`. */
  readonly snapshotKey?: string | undefined;
  /** A snapshot that is due is saved when no write came for this long. 2,000 ms unless told. */
  readonly quietMs?: number | undefined;
  /**
   * For hosts that end with their last caller, as an isolate does: called when work begins that goes on without a caller
   * (saving a snapshot, catching up for long); what it answers is called when that has ended, or was put off.
   */
  readonly keepAlive?: (() => () => void) | undefined;
  /** Hears of a snapshot that could not be used or saved; the collection works on without it. */
  readonly onSnapshotError?: ((error: unknown) => void) | undefined;
}

const QUIET_MS = 2000;
/** Changes since the last snapshot, as a share of the entries, that make the next one due: all others are replayed from the store. */
const DUE = 0.03;
/** So many are due that it is saved although writes never pause. */
const OVERDUE = 0.12;
/** Of these a snapshot is saved on closing: fewer are replayed in no time. */
const DUE_AT_END = 0.003;

interface DueSave {
  /** When it was put off last. */
  readonly since: number;
  readonly drop: () => void;
}

/**
 * Loads and saves one collection's snapshot. The store has every change since, so that a snapshot need not follow each write:
 * it is saved when replaying would take a share of what saving takes. Nothing here fails its caller: a snapshot only saves time
 * at the next opening.
 */
export class SnapshotKeeper {
  private readonly parts: SnapshotKeeperParts;
  private readonly key: string;
  /** Changes that the newest snapshot does not cover. */
  private since = 0;
  /** How many those were at the last save that failed: it is tried again when as many came on top as make one due. */
  private failedAt = 0;
  private due: DueSave | undefined;

  constructor(parts: SnapshotKeeperParts) {
    this.parts = parts;
    this.key = parts.snapshotKey ?? "snapshot";
  }

  async load(): Promise<CollectionSnapshot | undefined> {
    try {
      const [bytes] = (await this.parts.snapshots?.getMany([this.key])) ?? [];
      return bytes && (await readSnapshot(bytes));
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  report(error: unknown): void {
    this.parts.onSnapshotError?.(error);
  }

  noteChanges(count: number): void {
    this.since += count;
  }

  /** Runs `save` once a snapshot is due and no further call came for a while. */
  whenDue({ directory }: DerivedState, save: () => Promise<void>): void {
    const { entries } = directory;
    if (!this.parts.snapshots || !this.isDue(entries, DUE)) return;
    if (this.isWaiting && this.isDue(entries, OVERDUE)) return;
    this.stop();
    this.due = this.later(save);
  }

  stop(): void {
    this.due?.drop();
    this.due = undefined;
  }

  async saveAtEnd(derived: DerivedState, turn: Turn): Promise<void> {
    this.stop();
    if (this.isDue(derived.directory.entries, DUE_AT_END)) await this.save(derived, turn);
  }

  /** Nothing else may change `derived` until this resolves, for which the turn is. */
  async save(derived: DerivedState, turn: Turn): Promise<void> {
    const { snapshots } = this.parts;
    if (!snapshots || this.since === 0) return;
    try {
      await snapshots.putPieces(this.key, inSteps(snapshotPieces(await derived.snapshotSource()), turn));
      this.since = 0;
      this.failedAt = 0;
    } catch (error) {
      this.failedAt = this.since;
      this.report(error);
    }
  }

  private later(save: () => Promise<void>): DueSave {
    const end = this.parts.keepAlive?.() ?? (() => {});
    const timer = setTimeout(() => {
      // An isolate clears the timers of the same request only: this one was dropped.
      if (this.due !== due) return;
      this.due = undefined;
      save()
        .catch((error) => this.report(error))
        .finally(end);
    }, this.quietMs);
    const drop = () => {
      clearTimeout(timer);
      end();
    };
    const due: DueSave = { since: performance.now(), drop };
    return due;
  }

  /** One whose time is long over went with the request that it belonged to. */
  private get isWaiting(): boolean {
    return this.due !== undefined && performance.now() - this.due.since < 2 * this.quietMs;
  }

  private get quietMs(): number {
    return this.parts.quietMs ?? QUIET_MS;
  }

  private isDue(entries: number, share: number): boolean {
    const fresh = this.since - this.failedAt;
    return fresh > 0 && fresh >= entries * share;
  }
}

/** A snapshot whose turn is lost must not be whole: what it is written of may have changed. */
async function* inSteps(pieces: AsyncIterable<Uint8Array>, turn: Turn): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    turn.step();
    yield piece;
  }
}
