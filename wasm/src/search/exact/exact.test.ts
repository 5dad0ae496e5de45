import type { IndexKind } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { below, rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { type ContainerHeader, joinContainer } from "../../shared/snapshot/container.ts";
import { readContainer, readSection } from "../../shared/snapshot/container-reader.ts";
import { createExact } from "./exact.ts";
import { ExactKernel } from "./exact-kernel.ts";
import type { ExactOptions } from "./exact-options.ts";
import { type QuantizerKind, trainQuantizer } from "./quantizer.ts";

const D = 32;
const module = await loadBuild("relaxed", "exact");
const vectors = uniformVectors(seeded(71), 800, D);
const query = rowAt(uniformVectors(seeded(72), 1, D), 0, D);

async function filled(options: ExactOptions = {}, count = 800) {
  const index = await createExact(module, options).create(D);
  await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
  return index;
}

function quantizer(kind: QuantizerKind) {
  return trainQuantizer(module, { kind, dimensions: D, metric: "inner-product", seed: 1 }, vectors);
}

/** Row numbers by distance, computed in double precision. */
function ranked(distance: (vector: Float32Array) => number, count = 800): number[] {
  const distances = Array.from({ length: count }, (_, row) => distance(rowAt(vectors, row, D)));
  return [...rowsFrom(0, count)].sort((a, b) => distances[a]! - distances[b]! || a - b);
}

const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const gap = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);

test("squared L2 ranks by the squared gap and tells it", async () => {
  const long = query.map((x) => 3 * x);
  const { rows, distances } = await (await filled({ metric: "squared-l2" })).search(long, { k: 20 });
  expect([...rows]).toEqual(ranked((vector) => gap(vector, long)).slice(0, 20));
  expect(distances[5]).toBeCloseTo(gap(rowAt(vectors, rows[5]!, D), long), 5);
});

test("cosine does not mind lengths, of rows or of queries", async () => {
  const index = await createExact(module, { metric: "cosine" }).create(D);
  const scaled = vectors.map((x, i) => x * (1 + (Math.floor(i / D) % 7)));
  await index.add(rowsFrom(0, 800), scaled);
  const { rows, distances } = await index.search(
    query.map((x) => 5 * x),
    { k: 20 },
  );
  expect([...rows]).toEqual(ranked((vector) => -product(vector, query)).slice(0, 20));
  expect(distances[0]).toBeCloseTo(1 - product(rowAt(vectors, rows[0]!, D), query), 5);
});

test("k of the whole index gives every row once, in order", async () => {
  const { rows, distances } = await (await filled()).search(query, { k: 10_000 });
  expect([...rows]).toEqual(ranked((vector) => -product(vector, query)));
  expect([...distances]).toEqual([...distances].sort((a, b) => a - b));
});

test("of many equal distances the smallest rows are taken, in whatever order they came", async () => {
  const rows = rowsFrom(0, 100).reverse();
  const same = Float32Array.from({ length: 100 * D }, (_, i) => vectors[i % D]!);
  const codes = [
    { format: "int8", quantizer: quantizer("int8") },
    { format: "bit", quantizer: quantizer("bit") },
  ] as const;
  for (const options of [{}, { format: "f16" } as const, ...codes]) {
    const index = await createExact(module, options).create(D);
    await index.add(rows, same);
    expect([...(await index.search(query, { k: 5 })).rows]).toEqual([0, 1, 2, 3, 4]);
  }
});

test("a filter of few rows answers with them, in order", async () => {
  const filter = new Uint32Array(25);
  for (const row of [3, 77, 78, 400, 799]) filter[row >>> 5]! |= 1 << (row & 31);
  const order = ranked((vector) => -product(vector, query)).filter((row) => [3, 77, 78, 400, 799].includes(row));
  for (const options of [{}, { firstPass: "bit", calibrateAt: 100 }, { firstPass: "pq", calibrateAt: 300 }] as const) {
    expect([...(await (await filled(options)).search(query, { k: 10, filter })).rows]).toEqual(order);
  }
});

test("rows that were removed are in no answer, and those that moved into their places keep their numbers", async () => {
  const codes = [
    {},
    { format: "f16" },
    { format: "int8", calibrateAt: 64 },
    { format: "bit", calibrateAt: 64 },
  ] as const;
  for (const options of [...codes, { firstPass: "pq", calibrateAt: 256 } as const]) {
    const index = await filled(options);
    await index.remove(rowsFrom(0, 800).filter((row) => row % 3 !== 0));
    const left = [...rowsFrom(0, 800)].filter((row) => row % 3 === 0);
    const { rows } = await index.search(query, { k: 800 });
    expect([...rows].sort((a, b) => a - b)).toEqual(left);
  }
});

test("removing the last row, or one that is not there, leaves the others removable", async () => {
  const index = await filled({}, 20);
  expect(await index.remove(Uint32Array.of(19, 500))).toBe(1);
  expect(await index.remove(rowsFrom(0, 19))).toBe(19);
});

test("what is left after removal answers as an index that never had the others", async () => {
  const index = await filled({ metric: "squared-l2" });
  await index.remove(rowsFrom(0, 700));
  const fresh = await createExact(module, { metric: "squared-l2" }).create(D);
  await fresh.add(rowsFrom(700, 100), vectors.subarray(700 * D));
  expect(await index.search(query, { k: 100 })).toEqual(await fresh.search(query, { k: 100 }));
});

describe("until it is calibrated", () => {
  test("an index of codes answers exactly", async () => {
    const index = await filled({ format: "bit" });
    expect((await index.search(query, { k: 50 })).rows).toEqual((await (await filled()).search(query, { k: 50 })).rows);
    expect(index.loss).toBeUndefined();
  });

  test("an index of codes can be saved, opened and calibrated then", async () => {
    const kind = createExact(module, { format: "int8", calibrateAt: 500 });
    const early = await kind.create(D);
    await early.add(rowsFrom(0, 499), vectors.subarray(0, 499 * D));
    const opened = await kind.open(await early.save(), D);
    expect(opened.loss).toBeUndefined();
    for (const index of [early, opened]) await index.add(Uint32Array.of(499), rowAt(vectors, 499, D));
    expect(opened.loss).toEqual(early.loss);
    expect(opened.loss?.meanCosine).toBeGreaterThan(0.999);
    expect(await opened.save()).toEqual(await early.save());
  });

  test("the row that completes the sample makes codes of all", async () => {
    const index = await filled({ format: "bit", calibrateAt: 800 }, 799);
    expect(index.loss).toBeUndefined();
    await index.add(Uint32Array.of(799), rowAt(vectors, 799, D));
    expect(index.loss).toBeDefined();
    expect((await index.search(query, { k: 800 })).rows).toHaveLength(800);
  });
});

describe("a snapshot", () => {
  const options = { firstPass: "bit", calibrateAt: 200 } as const;

  test("is the same bytes when saved again after opening", async () => {
    const saved = await (await filled(options)).save();
    expect(await (await createExact(module, options).open(saved, D)).save()).toEqual(saved);
  });

  test("tells what the codes lose, and the sequence it was given", async () => {
    const index = await filled(options);
    const { total, pieces } = index.stream(99n);
    const bytes = Uint8Array.from([...pieces].flatMap((piece) => [...piece]));
    const opened = await createExact(module, options).open(bytes, D);
    expect(bytes.length).toBe(total);
    expect([opened.sequence, opened.loss]).toEqual([99n, index.loss]);
  });

  test("opens from a reader of ranges", async () => {
    const saved = await (await filled(options)).save();
    const read = async (offset: number, target: Uint8Array) =>
      target.set(saved.subarray(offset, offset + target.length));
    const opened = await createExact(module, options).open({ size: saved.length, read }, D);
    expect(await opened.search(query, { k: 10 })).toEqual(await (await filled(options)).search(query, { k: 10 }));
  });

  test("of larger than a segment comes back whole", async () => {
    const many = uniformVectors(seeded(73), 30_000, D);
    const index = await createExact(module).create(D);
    await index.add(rowsFrom(5, 30_000), many);
    const opened = await createExact(module).open(await index.save(), D);
    expect(await opened.search(query, { k: 100 })).toEqual(await index.search(query, { k: 100 }));
  });

  test.each([
    [{ metric: "cosine" }, {}],
    [{ format: "f16" }, {}],
    [{ firstPass: "bit", calibrateAt: 64 }, {}],
    [{ format: "int8", calibrateAt: 64 }, { format: "bit" }],
  ] as [ExactOptions, ExactOptions][])("of an index with %o is refused by one with %o", async (one, other) => {
    const opening = createExact(module, other).open(await (await filled(one)).save(), D);
    await expect(opening).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  test("in which a row occurs twice is refused", async () => {
    const saved = await (await filled({}, 10)).save();
    const twice = await rewritten(saved, (header, contents) => {
      contents.get(0)![16] = 3;
      return header;
    });
    await expect(createExact(module).open(twice, D)).rejects.toThrow(/row 3 twice/);
  });

  test.each([
    ["more rows than are there", [D, 0, 0, 1, 2 ** 32 - 1], /rows/],
    ["fewer rows", [D, 0, 0, 1, 9], /those of 9 rows/],
    ["another metric", [D, 1, 0, 1, 10], /metric 1/],
    ["codes that are not there", [D, 0, 2, 1, 10], /codes 2/],
    ["too few words", [D, 0, 0, 1], /4 words/],
  ])("that speaks of %s is refused, under right sums too", async (_, words, said) => {
    const saved = await (await filled({}, 10)).save();
    const lying = await rewritten(saved, (header) => ({ ...header, words }));
    await expect(createExact(module).open(lying, D)).rejects.toThrow(said);
    await expect(createExact(module).open(lying, D)).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  test("of bits that were taken without a rotation is refused", async () => {
    const kind = createExact(module, { firstPass: "bit", calibrateAt: 64 });
    const older = await rewritten(await (await filled({ firstPass: "bit", calibrateAt: 64 })).save(), (header) => ({
      ...header,
      words: header.words.with(2, 2),
    }));
    await expect(kind.open(older, D)).rejects.toThrow(/codes 2/);
  });

  test("without one of its planes is refused, under right sums too", async () => {
    const saved = await (await filled({}, 10)).save();
    const lacking = await rewritten(saved, (header, contents) => {
      contents.delete(4);
      return header;
    });
    await expect(createExact(module).open(lacking, D)).rejects.toThrow(/no section 4/);
  });

  test.each([options, { format: "int8" }, { format: "bit" }, { firstPass: "pq" }, { format: "f16" }] as const)(
    "of %o with any content under right sums is refused or harmless",
    async (kind) => {
      const made = createExact(module, { calibrateAt: 200, ...kind });
      const saved = await (await filled({ calibrateAt: 200, ...kind }, 300)).save();
      const random = seeded(76);
      for (let round = 0; round < 60; round++) {
        const spoiled = await rewritten(saved, (header, contents) => {
          const bytes = [...contents.values()].filter(({ length }) => length > 0)[round % contents.size];
          for (let i = 0; bytes && i < 50; i++)
            bytes[below(random, bytes.length)] = round % 2 ? 255 : below(random, 256);
          return header;
        });
        const outcome = made.open(spoiled, D).then(async (index) => {
          const { rows } = await index.search(query, { k: 20 });
          await index.remove(rows);
          await index.add(rowsFrom(0, 100), vectors.subarray(0, 100 * D));
          return "harmless";
        });
        expect(await outcome.catch((error) => error.code ?? String(error))).toBeOneOf(["harmless", "bad-snapshot"]);
      }
    },
  );
});

describe("an index that may hold 2 MiB", () => {
  const kinds: Record<string, IndexKind> = {
    f32: createExact(module, { maxBytes: 2 ** 21 }),
    "f32 after bit": createExact(module, { maxBytes: 2 ** 21, firstPass: "bit" }),
  };
  const many = uniformVectors(seeded(74), 20_000, D);

  test.each(Object.keys(kinds))("of %s refuses more rows than fit and keeps those it has", async (name) => {
    const index = await kinds[name]!.create(D);
    await index.add(rowsFrom(0, 100), vectors.subarray(0, 100 * D));
    const before = await index.save();
    await expect(index.add(rowsFrom(0, 20_000), many)).rejects.toMatchObject({ code: "storage-full" });
    expect(await index.save()).toEqual(before);
    await index.add(rowsFrom(100, 10), vectors.subarray(100 * D, 110 * D));
    expect((await index.search(rowAt(vectors, 103, D), { k: 1 })).rows[0]).toBe(103);
  });

  test("refuses a filter that does not fit", async () => {
    const index = await kinds.f32!.create(D);
    await index.add(rowsFrom(0, 10), vectors.subarray(0, 10 * D));
    const search = index.search(query, { k: 1, filter: new Uint32Array(2 ** 20) });
    await expect(search).rejects.toMatchObject({ code: "storage-full" });
    expect((await index.search(query, { k: 1 })).rows).toHaveLength(1);
  });

  test("refuses a snapshot of a larger one", async () => {
    const large = await createExact(module).create(D);
    await large.add(rowsFrom(0, 20_000), many);
    const opening = kinds.f32!.open(await large.save(), D);
    await expect(opening).rejects.toMatchObject({ code: "storage-full" });
  });
});

test("4,096 dimensions are taken, in every format", async () => {
  const wide = uniformVectors(seeded(75), 40, 4096);
  const kinds: ExactOptions[] = [{}, { format: "f16" }, { format: "int8", calibrateAt: 20 }];
  for (const options of [...kinds, { format: "bit", calibrateAt: 20 }, { firstPass: "pq", calibrateAt: 20 }] as const) {
    const index = await createExact(module, options).create(4096);
    await index.add(rowsFrom(0, 40), wide);
    const { rows, distances } = await index.search(rowAt(wide, 17, 4096), { k: 2 });
    expect(rows[0]).toBe(17);
    expect(distances[1]! - distances[0]!).toBeGreaterThan(0.5);
  }
});

test.each([0, 1.5, 4097])("refuses an index of %d dimensions", async (dimensions) => {
  const saved = await (await filled({}, 1)).save();
  await expect(createExact(module).create(dimensions)).rejects.toMatchObject({ code: "bad-input" });
  await expect(createExact(module).open(saved, dimensions)).rejects.toMatchObject({ code: "bad-input" });
});

test.each([
  { format: "f64" },
  { metric: "hamming" },
  { format: "int8", firstPass: "bit" },
  { firstPass: "f16" },
  { rerank: 0 },
  { calibrateAt: 15 },
  { seed: -1 },
  { maxBytes: 1000 },
])("refuses the options %o", (options) => {
  expect(() => createExact(module, options as ExactOptions)).toThrow(expect.objectContaining({ code: "bad-input" }));
});

test("refuses a quantizer that is for another index", async () => {
  const bad = [{}, { format: "bit" }, { format: "int8", metric: "cosine" }] as const;
  for (const options of bad) {
    const call = () => createExact(module, { ...options, quantizer: quantizer("int8") });
    expect(call).toThrow(expect.objectContaining({ code: "bad-input" }));
  }
  const kind = createExact(module, { format: "int8", quantizer: quantizer("int8") });
  await expect(kind.create(D + 1)).rejects.toMatchObject({ code: "bad-input" });
});

test.each([
  { options: {}, recall: 1 },
  { options: { format: "f16" }, recall: undefined },
  { options: { firstPass: "bit" }, recall: 1 },
  { options: { format: "f16", firstPass: "bit" }, recall: undefined },
] as const)(
  "$options: the recall is $recall, which is unknown where vectors are rounded",
  async ({ options, recall }) => {
    const index = await filled(options);
    expect(index.stats().recall).toBe(recall);
    index.distrustCodes();
    expect(index.stats().recall).toBe(recall);
  },
);

test("queries that lie where codes tell nothing apart are answered all the same", async () => {
  for (const kind of ["int8", "bit"] as const) {
    const [dimensions, metric] = [1024, "inner-product"] as const;
    // Rows along one axis.
    const flat = new Float32Array(100 * dimensions);
    for (let i = 0; i < 100; i++) flat[i * dimensions] = 1 + i / 50;
    const made = trainQuantizer(module, { kind, dimensions, metric, seed: 1 }, flat);
    const index = await createExact(module, { format: kind, quantizer: made }).create(dimensions);
    await index.add(rowsFrom(0, 100), flat);
    const across = new Float32Array(dimensions);
    across[1] = 1;
    const { distances } = await index.search(across, { k: 100 });
    for (const distance of distances) expect(Math.abs(distance - 1)).toBeLessThan(kind === "bit" ? 0.05 : 0.01);
    expect((await index.search(across.fill(1e-5), { k: 3 })).rows).toHaveLength(3);
  }
});

test("refuses a value that no half can hold", async () => {
  const index = await createExact(module, { format: "f16" }).create(2);
  await expect(index.add(Uint32Array.of(1), Float32Array.of(70_000, 1))).rejects.toMatchObject({ code: "bad-vector" });
});

test("one row twice in the call that completes the sample is kept once, as the last", async () => {
  const index = await createExact(module, { firstPass: "bit", calibrateAt: 100 }).create(D);
  const rows = rowsFrom(0, 100);
  rows[50] = 49;
  await index.add(rows, vectors.subarray(0, 100 * D));
  expect(index.stats().count).toBe(99);
  expect((await index.search(rowAt(vectors, 50, D), { k: 1 })).rows[0]).toBe(49);
});

test("close lets go of the memory", async () => {
  const index = await filled();
  await index.close();
  expect(index.stats()).toMatchObject({ count: 0, bytes: 0 });
});

/** A snapshot changed as only intent could do it: under right sums. */
async function rewritten(
  saved: Uint8Array<ArrayBuffer>,
  change: (header: ContainerHeader, contents: Map<number, Uint8Array>) => ContainerHeader,
): Promise<Uint8Array> {
  const shape = { dimensions: 1, codes: "none", originals: "f32", metric: "cosine" } as const;
  const { hash } = new ExactKernel(module, shape, 2 ** 22);
  const container = await readContainer(saved, new DataView(saved.buffer).getUint32(8, true), hash);
  const contents = new Map<number, Uint8Array>();
  for (const stored of container.sections.values()) {
    const bytes = new Uint8Array(stored.bytes);
    await readSection(container, stored, { pieces: () => [bytes], hash });
    contents.set(stored.tag, bytes);
  }
  const header = change(container, contents);
  const sections = [...contents].map(([tag, bytes]) => ({ tag, bytes: bytes.length, pieces: () => [bytes] }));
  return joinContainer(header, sections, hash);
}
