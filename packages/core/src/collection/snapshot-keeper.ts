import { isPipitError } from "../errors.ts";
import { type ByteStore, joinPieces } from "../ports/byte-store.ts";
import type { Turn } from "../turns/turn.ts";
import type { DerivedState } from "./derived-state.ts";
import { readSnapshot, type SnapshotSource, snapshotPieces } from "./snapshot.ts";
import type { CollectionSnapshot, SnapshotHeader } from "./snapshot-format.ts";

export interface SnapshotKeeperParts {
  /** Holds the snapshots. Without it none are saved, and opening rebuilds from the store. The keeper does not close it. */
  readonly snapshots?: ByteStore | undefined;
  /** The snapshot's key in `snapshots`. */
  readonly snapshotKey?: string | undefined;
  /** Names of sections that are saved in records of their own, so that an opening need not wait for their bytes. Default: none. */
  readonly apart?: readonly string[] | undefined;
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
    return this.#read(this.#key).catch((error) => void this.report(error));
  }

  /** A section of a snapshot that was saved apart from it; undefined without one that was saved with it. Fails with `bad-snapshot`. */
  async loadApart(name: string, { sequence, storeCreatedAt, space }: SnapshotHeader): Promise<Uint8Array | undefined> {
    const apart = await this.#read(this.#keyOf(name));
    const isOfIt = apart?.sequence === sequence && apart.storeCreatedAt === storeCreatedAt && apart.space === space;
    return isOfIt ? apart.sections.get(name) : undefined;
  }

  async drop(): Promise<void> {
    const keys = [this.#key, ...this.#apart.map((name) => this.#keyOf(name))];
    await this.#parts.snapshots?.deleteMany(keys).catch((error) => this.report(error));
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
      const put = async () => this.#put(snapshots, await derived.snapshotSource(), turn);
      await put().catch((error) => this.#withoutTheOld(error, put));
      this.#since = 0;
      this.#failedAt = 0;
    } catch (error) {
      this.#failedAt = this.#since;
      this.report(error);
    }
  }

  async #put(snapshots: ByteStore, source: SnapshotSource, turn: Turn): Promise<void> {
    const only = (sections: SnapshotSource["sections"]) => inSteps(snapshotPieces({ ...source, sections }), turn);
    if (this.#apart.length === 0) return snapshots.putPieces(this.#key, only(source.sections));
    const together = new Map(source.sections);
    const records: [string, Uint8Array][] = [];
    for (const name of this.#apart) {
      const section = source.sections.get(name);
      if (section) records.push([this.#keyOf(name), await joinPieces(only(new Map([[name, section]])))]);
      together.delete(name);
    }
    // At once, so that one is not replaced without the other.
    await snapshots.putMany([...records, [this.#key, await joinPieces(only(together))]]);
  }

  async #read(key: string): Promise<CollectionSnapshot | undefined> {
    const [bytes] = (await this.#parts.snapshots?.getMany([key])) ?? [];
    return bytes && readSnapshot(bytes);
  }

  get #apart(): readonly string[] {
    return this.#parts.apart ?? [];
  }

  /** No name of a collection has a zero in it. */
  #keyOf(section: string): string {
    return `${this.#key}\0${section}`;
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
