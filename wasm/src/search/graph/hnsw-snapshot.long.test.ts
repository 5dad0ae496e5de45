import type { Neighbors } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { tryLies } from "@pipit/test/fixtures/try-lies";
import { describe, expect, test } from "vitest";
import { Forgery, NONE, WORD } from "../../../fixtures/graph-forgery.ts";
import { LIES } from "../../../fixtures/graph-lies.ts";
import { loadBuild } from "../../node.ts";
import type { ByteReader } from "../../shared/snapshot/container-reader.ts";
import { type HnswOptions, METRICS, ORIGINALS } from "../options.ts";
import { inspectGraph } from "./graph-report.ts";
import { createHnsw } from "./hnsw.ts";
import type { HnswIndex } from "./hnsw-index.ts";

const seed = Number(process.env.PIPIT_SEED ?? 81);
const CASES = process.env.PIPIT_FULL ? 4_000 : 400;
const [D, COUNT] = [20, 700];
const vectors = uniformVectors(seeded(seed), 2 * COUNT, D);
const query = uniformVectors(seeded(seed + 1), 1, D);
const builds = { relaxed: await loadBuild("relaxed"), simd: await loadBuild("simd") };
console.log(`snapshots with seed ${seed}`);

const part = (from: number, count: number) => vectors.subarray(from * D, (from + count) * D);

/** With upper blocks, free slots, removed rows that still lead on, and a truth. */
async function filled(module = builds.simd, options: HnswOptions = { m: 5, efConstruction: 30 }): Promise<HnswIndex> {
  const index = await createHnsw(module, options).create(D);
  await index.add(rowsFrom(0, COUNT), part(0, COUNT));
  await index.remove(rowsFrom(100, 200));
  await index.add(rowsFrom(COUNT, 50), part(COUNT, 50));
  await index.remove(rowsFrom(400, 9));
  for (let i = 0; i < 20; i++) await index.search(rowAt(vectors, 40 * i, D), { k: 10 });
  return index;
}

async function grow(index: HnswIndex): Promise<void> {
  await index.add(rowsFrom(600, 500), part(300, 500));
  await index.remove(rowsFrom(0, 90));
  await index.search(query, { k: 3 });
}

test("begins with PIPX, version 2, HNSW", async () => {
  const begin = [0x50, 0x49, 0x50, 0x58, 2, 0, 0, 0, 0x48, 0x4e, 0x53, 0x57];
  expect([...(await (await filled()).save()).subarray(0, 12)]).toEqual(begin);
});

test("the sections of a snapshot lie at multiples of 64", async () => {
  const bytes = await (await filled()).save();
  const view = new DataView(bytes.buffer);
  const [words, numbers, sections] = [12, 16, 20].map((at) => view.getUint32(at, true));
  const table = 64 + Math.ceil(words! / 2) * 8 + numbers! * 8;
  const offsets = Array.from({ length: sections! }, (_, i) => Number(view.getBigUint64(table + i * 32 + 8, true)));
  expect(offsets.length).toBeGreaterThan(3);
  expect(offsets.filter((offset) => offset % 64 !== 0)).toEqual([]);
  expect(bytes.length % 64).toBe(0);
});

describe.each(METRICS)("under %s", (metric) => {
  test.each(ORIGINALS)(
    "with originals %s, what is opened is saved as the same bytes, and grows into the same graph",
    async (originals) => {
      const options = { m: 5, efConstruction: 30, metric, originals };
      const index = await filled(builds.simd, options);
      await index.recall();
      const opened = await createHnsw(builds.simd).open(await index.save(), D);
      expect(Buffer.compare(await opened.save(), await index.save())).toBe(0);
      for (const each of [index, opened]) await grow(each);
      expect(Buffer.compare(await opened.save(), await index.save())).toBe(0);
      for (const each of [index, opened]) await each.compact();
      expect(Buffer.compare(await opened.save(), await index.save())).toBe(0);
    },
  );
});

test("both builds write the same bytes, open each other's and go on alike", async () => {
  const [one, other] = [await filled(builds.relaxed), await filled(builds.simd)];
  const [bytes, same] = [await one.save(), await other.save()];
  expect(Buffer.compare(bytes, same)).toBe(0);
  const crossed = await createHnsw(builds.relaxed).open(same, D);
  for (const each of [one, other, crossed]) await grow(each);
  expect(Buffer.compare(await one.save(), await other.save())).toBe(0);
  expect(Buffer.compare(await one.save(), await crossed.save())).toBe(0);
});

test("an index that was emptied, or compacted, opens and goes on as the one that was saved", async () => {
  for (const change of [
    (index: HnswIndex) => index.remove(rowsFrom(0, 2 * COUNT)),
    (index: HnswIndex) => index.compact(),
  ]) {
    const index = await filled();
    await change(index);
    const opened = await createHnsw(builds.simd).open(await index.save(), D);
    expect(opened.stats().count).toBe(index.stats().count);
    for (const each of [index, opened]) await grow(each);
    // Not by the byte: places that no link has taken keep what was there, and memory begins as zeros.
    expect(graphOf(opened)).toEqual(graphOf(index));
  }
});

/** The row of each slot and its links on each level. */
function graphOf(index: HnswIndex): unknown[] {
  const kernel = index.opened();
  return Array.from({ length: kernel.slots }, (_, slot) => {
    const top = kernel.levelOf(slot);
    const levels = top === undefined ? [] : Array.from({ length: top + 1 }, (_, level) => kernel.linksOf(slot, level));
    return [top !== undefined && kernel.rowOf(slot), kernel.holdsRow(slot), levels];
  });
}

test.each([0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n])("the sequence number %i comes back", async (sequence) => {
  const index = await filled();
  index.sequence = sequence;
  expect((await createHnsw(builds.simd).open(await index.save(), D)).sequence).toBe(sequence);
});

test("the pieces of a snapshot are the snapshot", async () => {
  const index = await filled();
  const saved = await index.save();
  const joined = new Uint8Array(saved.length);
  let at = 0;
  for (const piece of index.saved()) {
    joined.set(piece, at);
    at += piece.length;
  }
  expect(at).toBe(saved.length);
  expect(Buffer.compare(joined, saved)).toBe(0);
});

test("a blob serves as well as bytes, and is read where it is asked for", async () => {
  const index = await filled();
  const blob = new Blob([await index.save()]);
  let read = 0;
  const reader: ByteReader = {
    size: blob.size,
    async read(offset, target) {
      read += target.length;
      target.set(new Uint8Array(await blob.slice(offset, offset + target.length).arrayBuffer()));
    },
  };
  const opened = await createHnsw(builds.simd).open(reader, D);
  expect(await opened.search(query, { k: 20 })).toEqual(await index.search(query, { k: 20 }));
  expect(read).toBeLessThanOrEqual(blob.size + 128);
});

test("a reader that fails is heard, and the next try succeeds", async () => {
  const bytes = await (await filled()).save();
  let failures = 1;
  const reader: ByteReader = {
    size: bytes.length,
    async read(offset, target) {
      if (offset > 4096 && failures-- > 0) throw new Error("disk gone");
      target.set(bytes.subarray(offset, offset + target.length));
    },
  };
  const kind = createHnsw(builds.simd);
  await expect(kind.open(reader, D)).rejects.toThrow("disk gone");
  expect((await kind.open(reader, D)).stats().count).toBe(COUNT - 159);
});

test("a snapshot of version 1 is refused by name, with what to do", async () => {
  const bytes = await (await filled()).save();
  new DataView(bytes.buffer).setUint32(4, 1, true);
  const opening = createHnsw(builds.simd).open(bytes, D);
  await expect(opening).rejects.toThrow(/got v1, expected v2\. Rebuild the index/);
});

test("the truth kept of an index comes back with it, and its curve serves targets", async () => {
  const index = await filled();
  await index.measureCurve({ target: 0.99, clock: () => 0, scans: 64 });
  const opened = await createHnsw(builds.simd).open(await index.save(), D);
  expect(await opened.recall({ scans: 0 })).toEqual(await index.recall({ scans: 0 }));
  expect((await opened.recall({ scans: 0 })).queries).toBeGreaterThan(19);
  for (const target of [0.5, 0.9, 0.99]) {
    expect(await opened.search(query, { k: 10, target })).toEqual(await index.search(query, { k: 10, target }));
  }
});

describe("a snapshot with right sums is refused when it says", () => {
  const kind = createHnsw(builds.simd);
  const forged = async (tell: (forgery: Forgery) => void) => {
    const forgery = await Forgery.of(await (await filled()).save(), kind.hash);
    tell(forgery);
    return kind.open(forgery.signed(), D);
  };

  test("nothing new, but then it opens", async () => {
    expect((await forged(() => {})).stats().count).toBe(COUNT - 159);
  });

  test("that all rows were removed and still lead on, which would leave a sweep nobody to begin from", async () => {
    await expect(forged((forgery) => LIES["all removed"]!(forgery, seeded(1)))).rejects.toThrow(/lead nowhere/);
  });

  test("that a node has no room but for children, which a sweep could not mend", async () => {
    for (let lies = 0; lies < 40; lies++) {
      const opening = forged((forgery) => LIES["many children"]!(forgery, seeded(lies)));
      const answer = await opening.then(inspectGraph, ({ code }: { code: string }) => code);
      // A lie about a level that is too thin to crowd is none.
      if (typeof answer !== "string") expect(answer.faults).toEqual([]);
      else expect(answer).toBe("bad-snapshot");
    }
  });

  test("that two nodes share an upper block, which would be freed twice", async () => {
    await expect(forged(shareUpperBlockUnseen)).rejects.toThrow(/lead nowhere/);
  });

  // The next metric is compared in the same way; the next three only say how the graph is to go on.
  const free = ["metric", "settled", "random", "efConstruction"];
  test.each(Object.keys(WORD).filter((word) => !free.includes(word)))("another %s than its arrays", async (word) => {
    const opening = forged((forgery) => {
      forgery.words[WORD[word as keyof typeof WORD]]! += 1;
    });
    await expect(opening).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  test.each([2 ** 32 - 1, NONE, NONE + 1, 2 ** 31])("that it has %d slots", async (slots) => {
    const opening = forged((forgery) => {
      forgery.words[WORD.slots] = slots;
    });
    await expect(opening).rejects.toMatchObject({ code: "bad-snapshot" });
  });
});

/** Siblings of level 1 with one list between them; the block that nobody has any more is not missed by counting. */
function shareUpperBlockUnseen(forgery: Forgery): void {
  const slots = [...rowsFrom(0, forgery.slots)].filter((slot) => !forgery.isFree(slot) && forgery.levelOf(slot) === 1);
  const pairs = slots.flatMap((one) => slots.map((other) => [one, other] as const));
  const [one, other] = pairs.find((pair) => pair[0] !== pair[1] && fits(...pair))!;
  forgery.setUpper(one, forgery.upperBlockOf(other));

  function fits(one: number, other: number): boolean {
    const [links, others] = [forgery.linksOf(one, 1), forgery.linksOf(other, 1)];
    const isParent = (slot: number) => slots.some((child) => forgery.linksOf(child, 1).get(0) === slot);
    return links.get(0) === others.get(0) && !isParent(one) && !isParent(other) && !others.all.includes(one);
  }
}

test.each(["relaxed", "simd"])(
  `${CASES} torn, damaged and forged snapshots are refused, or open as indexes that can be used (%s)`,
  async (build) => {
    const tally = await tryLies(new URL("../../../fixtures/open-lies.ts", import.meta.url), [
      build,
      `${seed}`,
      `${CASES}`,
    ]);
    console.log(`${tally.cases} lies: ${tally.refused} refused, ${tally.used} used (${build}, seed ${seed})`);
    expect(tally.wrong).toEqual([]);
    expect(tally.refused + tally.used).toBe(CASES);
    expect(tally.used).toBeGreaterThan(CASES / 20);
  },
  CASES * 100 + 60_000,
);

test("an index opened from a snapshot answers as the one that wrote it", async () => {
  const index = await filled();
  const opened = await createHnsw(builds.relaxed).open(await index.save(), D);
  for (let i = 0; i < 50; i++) {
    const asked = rowAt(vectors, i, D);
    const [got, expected]: Neighbors[] = [await opened.search(asked, { k: 10 }), await index.search(asked, { k: 10 })];
    expect(got).toEqual(expected);
  }
});
