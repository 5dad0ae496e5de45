import { PipitError } from "../errors.ts";
import type { EntryStore } from "../ports/entry-store.ts";
import type { Derived, DerivedKind } from "./derived.ts";
import { type DerivedParts, type DerivedSources, derivedKinds } from "./derived-kinds.ts";
import { DerivedState } from "./derived-state.ts";
import { Directory } from "./directory.ts";
import { readDirectoryLines } from "./directory-lines.ts";
import { hasColumns, SavedListings } from "./saved-listings.ts";
import { badSnapshot, type CollectionSnapshot, DIRECTORY } from "./snapshot-format.ts";
import type { SnapshotKeeper } from "./snapshot-keeper.ts";

/**
 * Opens the snapshot if it belongs to this store. Otherwise the state is empty, and all changes of the store must be taken in. Any
 * other snapshot is deleted: after some writes this store would have the snapshot's sequence, and would accept it as its own.
 */
export async function openDerived(sources: DerivedSources, keeper: SnapshotKeeper): Promise<DerivedState> {
  const { store } = sources;
  const snapshot = await keeper.load();
  if (snapshot && !(await isOf(store, snapshot, keeper))) await keeper.drop();
  else if (snapshot) {
    try {
      return await opened(sources, snapshot, keeper);
    } catch (error) {
      keeper.report(error);
    }
  }
  return opened(sources, EMPTY, keeper);
}

const EMPTY: CollectionSnapshot = { sequence: 0, space: "", storeCreatedAt: 0, sections: new Map() };

/** The directory tells which rows the indexes have, so that without it none of them is used. */
async function opened(
  sources: DerivedSources,
  snapshot: CollectionSnapshot,
  keeper: SnapshotKeeper,
): Promise<DerivedState> {
  const { sequence, sections } = snapshot;
  const listed = sections.get(DIRECTORY);
  if (!listed && snapshot !== EMPTY) throw badSnapshot("a snapshot without its directory", "one with it");
  const directory = listed ? await openDirectory(listed) : new Directory();
  const sequences = new Map([[DIRECTORY, sequence]]);
  const indexes: [string, Derived][] = [];
  const onAnew = (name: string) => (error?: unknown) => {
    if (error !== undefined) keeper.report(error);
    derived.noteAnew(name);
  };
  for (const [name, kind] of Object.entries<DerivedKind<Derived>>(derivedKinds(sources))) {
    const section = sections.get(name);
    const isLater = !section && kind.openLater !== undefined && snapshot !== EMPTY;
    const read = () => keeper.loadApart(name, snapshot);
    const index = isLater
      ? kind.openLater!({ read, onAnew: onAnew(name) })
      : await openedSection(kind, section, keeper);
    indexes.push([name, index ?? (await kind.create())]);
    sequences.set(name, index ? sequence : 0);
  }
  // The names and types of `derivedKinds` are lost in a list of entries.
  const parts = Object.fromEntries(indexes) as unknown as DerivedParts;
  const derived = new DerivedState({ ...sources, directory, indexes: parts, sequences });
  return derived;
}

async function openDirectory(section: Uint8Array): Promise<Directory> {
  if (hasColumns(section)) return Directory.fromSaved(await SavedListings.open(section));
  return Directory.fromListings(await readDirectoryLines(section));
}

/** Undefined for a section that is missing or cannot be used: the index is made anew, alone. */
async function openedSection(
  kind: DerivedKind<Derived>,
  section: Uint8Array | undefined,
  keeper: SnapshotKeeper,
): Promise<Derived | undefined> {
  if (!section) return undefined;
  try {
    return await kind.open(section);
  } catch (error) {
    keeper.report(error);
    return undefined;
  }
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
