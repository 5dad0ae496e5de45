import { PipitError } from "../errors.ts";
import type { EntryStore } from "../ports/entry-store.ts";
import type { IndexKind } from "../ports/vector-index.ts";
import { DerivedState } from "./derived-state.ts";
import type { CollectionSnapshot } from "./snapshot.ts";
import type { SnapshotKeeper } from "./snapshot-keeper.ts";

interface Sources {
  readonly store: EntryStore;
  readonly index: IndexKind;
}

/**
 * Opens the snapshot if it belongs to this store. Otherwise the state is empty, and all changes of the store must be taken in. Any
 * other snapshot is deleted: after some writes this store would have the snapshot's sequence, and would accept it as its own.
 */
export async function openDerived({ store, index }: Sources, keeper: SnapshotKeeper): Promise<DerivedState> {
  const { dimensions } = store.space;
  const snapshot = await keeper.load();
  if (snapshot && !(await isOf(store, snapshot, keeper))) await keeper.drop();
  else if (snapshot) {
    try {
      return new DerivedState(store, await index.open(snapshot.index, dimensions), snapshot);
    } catch (error) {
      keeper.report(error);
    }
  }
  return new DerivedState(store, await index.create(dimensions));
}

/**
 * A snapshot that is ahead of its store was saved before the store was restored from a backup, or lost its newest writes. This is the only
 * trace of that, so it is reported.
 */
async function isOf(store: EntryStore, snapshot: CollectionSnapshot, keeper: SnapshotKeeper): Promise<boolean> {
  const { space, storeCreatedAt, sequence } = snapshot;
  if (space !== store.space.id) return false;
  if (storeCreatedAt !== 0 && storeCreatedAt !== store.createdAt) return false;
  const state = await store.state();
  if (sequence > state.sequence) keeper.report(behind(state.sequence, sequence));
  return sequence <= state.sequence;
}

function behind(stored: number, known: number): PipitError {
  return new PipitError("storage-failed", {
    got: `a database at write ${stored} and its snapshot at write ${known}`,
    expected: "a database that has every write of its snapshot",
    do: "Entries written last are missing unless a backup was restored. Restore a newer backup, or add them again.",
  });
}
