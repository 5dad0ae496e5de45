import type { EntryStore } from "../ports/entry-store.ts";
import type { IndexKind } from "../ports/vector-index.ts";
import { DerivedState } from "./derived-state.ts";
import type { SnapshotKeeper } from "./snapshot-keeper.ts";

interface Sources {
  readonly store: EntryStore;
  readonly index: IndexKind;
}

/** Opens the snapshot if it belongs to this store. Otherwise the state is empty, and all changes of the store are to be taken in. */
export async function openDerived({ store, index }: Sources, keeper: SnapshotKeeper): Promise<DerivedState> {
  const { space } = store;
  const snapshot = await keeper.load();
  if (snapshot && snapshot.space === space.id && snapshot.sequence <= (await store.state()).sequence) {
    try {
      return new DerivedState(space, await index.open(snapshot.index, space.dimensions), snapshot);
    } catch (error) {
      keeper.report(error);
    }
  }
  return new DerivedState(space, await index.create(space.dimensions));
}
