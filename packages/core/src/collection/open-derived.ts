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
 * Opens the snapshot if it belongs to this store. Otherwise the state is empty, and all changes of the store are to be taken in. A
 * snapshot of another store is deleted: after some writes this store would have its sequence, and nothing would tell them apart.
 */
export async function openDerived({ store, index }: Sources, keeper: SnapshotKeeper): Promise<DerivedState> {
  const { space } = store;
  const snapshot = await keeper.load();
  if (snapshot && !(await isOf(store, snapshot))) await keeper.drop();
  else if (snapshot) {
    try {
      return new DerivedState(space, await index.open(snapshot.index, space.dimensions), snapshot);
    } catch (error) {
      keeper.report(error);
    }
  }
  return new DerivedState(space, await index.create(space.dimensions));
}

/** False for a snapshot that is ahead of the store: the store was made anew, or restored from a backup. */
async function isOf(store: EntryStore, { space, sequence }: CollectionSnapshot): Promise<boolean> {
  return space === store.space.id && sequence <= (await store.state()).sequence;
}
