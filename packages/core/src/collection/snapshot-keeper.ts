import type { ByteStore } from "../ports/byte-store.ts";
import { type CollectionSnapshot, readSnapshot, type SnapshotSource, snapshotPieces } from "./snapshot.ts";

export interface SnapshotKeeperParts {
  /** Where snapshots go; without it nothing is kept and opening rebuilds from the store. Not closed by the keeper. */
  readonly snapshots?: ByteStore | undefined;
  /** The snapshot's key in `snapshots`. */
  readonly snapshotKey?: string | undefined;
  /** A snapshot that is due is saved when no write came for this long. 2,000 ms unless told. */
  readonly quietMs?: number | undefined;
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
  private timer: number | undefined;

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

  /** Runs `save` once a snapshot of so many entries is due and no further call came for a while. */
  whenDue(entries: number, save: () => void): void {
    if (!this.parts.snapshots || !this.isDue(entries, DUE)) return;
    if (this.timer !== undefined && this.isDue(entries, OVERDUE)) return;
    this.stop();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      save();
    }, this.parts.quietMs ?? QUIET_MS);
  }

  stop(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
  }

  async saveAtEnd(entries: number, source: () => Promise<SnapshotSource>): Promise<void> {
    this.stop();
    if (this.isDue(entries, DUE_AT_END)) await this.save(source);
  }

  /** `source` must stand still until this resolves. */
  async save(source: () => Promise<SnapshotSource>): Promise<void> {
    const { snapshots } = this.parts;
    if (!snapshots || this.since === 0) return;
    try {
      await snapshots.putPieces(this.key, snapshotPieces(await source()));
      this.since = 0;
      this.failedAt = 0;
    } catch (error) {
      this.failedAt = this.since;
      this.report(error);
    }
  }

  private isDue(entries: number, share: number): boolean {
    const fresh = this.since - this.failedAt;
    return fresh > 0 && fresh >= entries * share;
  }
}
