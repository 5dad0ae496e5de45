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
 * Opens the snapshot if it belongs to this store. Otherwise the state is empty, and all changes of the store are to be taken in. Any
 * other snapshot is deleted: after some writes this store would have its sequence, and might take it for its own.
 */
export async function openDerived({ store, index }: Sources, keeper: SnapshotKeeper): Promise<DerivedState> {
  const { dimensions } = store.space;
  const snapshot = await keeper.load();
  if (snapshot && !(await isOf(store, snapshot))) await keeper.drop();
  else if (snapshot) {
    try {
      return new DerivedState(store, await index.open(snapshot.index, dimensions), snapshot);
    } catch (error) {
      keeper.report(error);
    }
  }
  return new DerivedState(store, await index.create(dimensions));
}

/** A snapshot that is ahead of its store was saved before the store was restored from a backup. */
async function isOf(store: EntryStore, { space, storeCreatedAt, sequence }: CollectionSnapshot): Promise<boolean> {
  if (space !== store.space.id) return false;
  if (storeCreatedAt !== 0 && storeCreatedAt !== store.createdAt) return false;
  return sequence <= (await store.state()).sequence;
}
