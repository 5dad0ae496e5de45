import { expect, test } from "vitest";
import { rowsFrom } from "../../test/fixtures/recall.ts";
import { below, seeded, uniformVectors } from "../../test/fixtures/seeded.ts";
import { createHnsw } from "./hnsw.ts";
import { loadBuild } from "./node.ts";
import { SearchKernel } from "./search-kernel.ts";

const D = 16;
const module = await loadBuild("relaxed");
const kind = createHnsw(module, { m: 4 });

async function saved(): Promise<Uint8Array<ArrayBuffer>> {
  const index = await kind.create(D);
  await index.add(rowsFrom(0, 200), uniformVectors(seeded(41), 200, D));
  await index.remove(rowsFrom(50, 10));
  return index.save();
}

/** Gives changed bytes a checksum that is right for them, as a snapshot made with intent would have. */
function sign(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, 0n, true);
  const kernel = new SearchKernel(module, { dimensions: D, m: 4, efConstruction: 200, seed: 0 }, 2 ** 24);
  view.setBigUint64(8, kernel.checksum(bytes), true);
  return bytes;
}

test("begins with PIPX and its version", async () => {
  expect([...(await saved()).subarray(0, 8)]).toEqual([0x50, 0x49, 0x50, 0x58, 1, 0, 0, 0]);
});

test("is the same bytes when saved again after opening", async () => {
  const bytes = await saved();
  expect(await (await kind.open(bytes, D)).save()).toEqual(bytes);
});

test("an opened index grows into the same graph as the one that was saved", async () => {
  const more = uniformVectors(seeded(42), 100, D);
  const index = await kind.open(await saved(), D);
  const twin = await kind.open(await index.save(), D);
  for (const each of [index, twin]) await each.add(rowsFrom(500, 100), more);
  expect(await twin.save()).toEqual(await index.save());
});

test("any flipped bit is noticed", async () => {
  const bytes = await saved();
  const random = seeded(43);
  for (let round = 0; round < 400; round++) {
    const flipped = bytes.slice();
    flipped[below(random, bytes.length)]! ^= 1 << below(random, 8);
    await expect(kind.open(flipped, D)).rejects.toMatchObject({ code: "bad-snapshot" });
  }
});

test("bytes that are no graph are refused or harmless, never followed out of bounds, even with a right checksum", async () => {
  const bytes = await saved();
  const random = seeded(44);
  const query = uniformVectors(random, 1, D);
  const codes = new Set<string>();
  for (let round = 0; round < 400; round++) {
    const changed = bytes.slice();
    const word = 4 * below(random, changed.length / 4);
    new DataView(changed.buffer).setUint32(word, below(random, 2 ** 32), true);
    const outcome = kind.open(sign(changed), D).then(async (index) => {
      await index.search(query, { k: 5, ef: 8 });
      await index.remove(rowsFrom(0, 200));
      return "harmless";
    });
    codes.add(await outcome.catch((error) => error.code ?? String(error)));
  }
  expect([...codes].sort()).toEqual(["bad-snapshot", "harmless"]);
});

test("a row that occurs twice is refused", async () => {
  const bytes = await saved();
  const rows = 128 + 200 * (16 + 4 + 32 + 12 + D);
  const view = new DataView(bytes.buffer);
  view.setUint32(Math.ceil(rows / 64) * 64, 7, true);
  await expect(kind.open(sign(bytes), D)).rejects.toThrow(/row 7 twice/);
});
