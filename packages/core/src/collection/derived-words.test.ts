import { axisEntry, PLANE as space } from "@pipit/test/fixtures/plane-entries";
import { expect, test, vi } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { exactIndex } from "../index/exact-index.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore } from "./memory-store.ts";

test("a filter that was asked before a snapshot is saved allows the same entries after it", async () => {
  const snapshots = createMemoryBytes({ maxBytes: 1e7 });
  const saved = vi.spyOn(snapshots, "putPieces");
  const collection = await openCollection({
    store: createMemoryStore(space),
    index: exactIndex,
    snapshots,
    quietMs: 5,
  });
  const entries = Array.from({ length: 60 }, (_, i) =>
    axisEntry(`e${i}`, i % 2, { text: `owl ${i}`, fields: { owner: i % 4 === 0 ? "alice" : "bob" } }),
  );
  const ofAlice = async () => {
    const filter = { field: "owner", equals: "alice" };
    const { hits } = await collection.search({ text: "owl " }, { k: 60, filter });
    return hits.map(({ id }) => id).sort();
  };
  await collection.upsert(entries);
  // Units of entries that were replaced are left out of a snapshot, and the others move up.
  await collection.upsert(entries.slice(0, 30));
  const before = await ofAlice();
  expect(before).toHaveLength(15);
  await vi.waitFor(() => expect(saved).toHaveBeenCalled());
  await Promise.all(saved.mock.results.map(({ value }) => value));
  expect(await ofAlice()).toEqual(before);
  await collection.close();
});
