import type { ByteStore } from "../ports/byte-store.ts";
import { type CollectionSnapshot, readSnapshot, writeSnapshot } from "./snapshot.ts";

export interface SnapshotKeeperParts {
  /** Where snapshots go; without it nothing is kept and opening rebuilds from the store. Not closed by the keeper. */
  readonly snapshots?: ByteStore | undefined;
  /** The snapshot's key in `snapshots`. */
  readonly snapshotKey?: string | undefined;
  /** A snapshot is saved when no write came for this long. 2,000 ms unless told. */
  readonly quietMs?: number | undefined;
  /** Hears of a snapshot that could not be used or saved; the collection works on without it. */
  readonly onSnapshotError?: ((error: unknown) => void) | undefined;
}

const QUIET_MS = 2000;

/** Loads and saves one collection's snapshot. Nothing here fails its caller: a snapshot only saves time at the next opening. */
export class SnapshotKeeper {
  private readonly parts: SnapshotKeeperParts;
  private readonly key: string;
  private savedSequence = 0;
  private timer: number | undefined;

  constructor(parts: SnapshotKeeperParts) {
    this.parts = parts;
    this.key = parts.snapshotKey ?? "snapshot";
  }

  async load(): Promise<CollectionSnapshot | undefined> {
    try {
      const [bytes] = (await this.parts.snapshots?.getMany([this.key])) ?? [];
      const snapshot = bytes && readSnapshot(bytes);
      this.savedSequence = snapshot?.sequence ?? 0;
      return snapshot;
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  report(error: unknown): void {
    this.parts.onSnapshotError?.(error);
  }

  /** Runs `save` once, when no further call came for a while. */
  whenQuiet(save: () => void): void {
    if (!this.parts.snapshots) return;
    this.stop();
    this.timer = setTimeout(save, this.parts.quietMs ?? QUIET_MS);
  }

  stop(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.timer = undefined;
  }

  async save(sequence: number, take: () => Promise<Omit<CollectionSnapshot, "sequence">>): Promise<void> {
    const { snapshots } = this.parts;
    if (!snapshots || sequence === this.savedSequence) return;
    try {
      await snapshots.putMany([[this.key, writeSnapshot({ ...(await take()), sequence })]]);
      this.savedSequence = sequence;
    } catch (error) {
      this.report(error);
    }
  }
}
