import { type ErrorCode, type IndexKind, isPipitError, type Neighbors, type VectorIndex } from "@pipit/core";
import { describe, expect } from "vitest";
import { below, rowAt, seeded, uniformVectors } from "../fixtures/seeded.ts";
import { claims, type Skips } from "./contract.ts";

const D = 24;
const vectors = uniformVectors(seeded(11), 40, D);
const query = uniformVectors(seeded(12), 1, D);
const rowsFrom = (first: number, count: number) => Uint32Array.from({ length: count }, (_, i) => first + i);
const vector = (row: number) => rowAt(vectors, row, D);

/** The contract of every `VectorIndex`. The recall of approximate indexes has tests of its own. */
export function vectorIndexContract(name: string, kind: IndexKind, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const filled = async (count = 40): Promise<VectorIndex> => {
    const index = await kind.create(D);
    await index.add(rowsFrom(0, count), vectors.subarray(0, count * D));
    return index;
  };

  describe(`${name} keeps the promises of VectorIndex`, () => {
    claim("answers with the nearest rows first and their distances", async () => {
      const index = await filled();
      expectSame(await index.search(query, { k: 10 }), bruteForce(rowsFrom(0, 40), 10));
    });

    claim(
      "answers the same whatever ef, recall or time a query names, where these are enough for all rows",
      async () => {
        const index = await filled();
        const unnamed = await index.search(query, { k: 10 });
        for (const named of [{ ef: 40 }, { target: 1 }, { deadline: 60_000 }, { ef: 40, deadline: 60_000 }]) {
          const answer = await index.search(query, { k: 10, ...named });
          expectSame(answer, unnamed);
          expect(answer.partial ?? false).toBe(false);
        }
      },
    );

    claim("answers in order, and with present rows only, also when the time is over at once", async () => {
      const { rows, distances } = await (await filled()).search(query, { k: 10, deadline: 0 });
      expect(rows.every((row) => row < 40)).toBe(true);
      expect([...distances]).toEqual([...distances].sort((a, b) => a - b));
    });

    claim("finds a stored vector at distance 0", async () => {
      const { rows, distances } = await (await filled()).search(vector(7), { k: 1 });
      expect([...rows]).toEqual([7]);
      expect(distances[0]).toBeCloseTo(0, 5);
    });

    claim("measures the opposite direction as 2", async () => {
      const index = await filled(1);
      const { distances } = await index.search(
        vector(0).map((x) => -x),
        { k: 1 },
      );
      expect(distances[0]).toBeCloseTo(2, 5);
    });

    claim("orders equal distances by the smaller row", async () => {
      const index = await kind.create(D);
      for (const row of [9, 3, 27, 5]) await index.add(Uint32Array.of(row), vector(0));
      expect([...(await index.search(vector(0), { k: 3 })).rows]).toEqual([3, 5, 9]);
    });

    claim("answers with all there are when k is larger than that", async () => {
      expect((await (await filled(5)).search(query, { k: 50 })).rows).toHaveLength(5);
    });

    claim("answers an empty index with nothing", async () => {
      const { rows, distances } = await (await kind.create(D)).search(query, { k: 3 });
      expect([rows.length, distances.length]).toEqual([0, 0]);
    });

    claim("takes rows that are sparse and large", async () => {
      const index = await kind.create(D);
      await index.add(Uint32Array.of(0, 70_000, 4_294_967_295), vectors.subarray(0, 3 * D));
      expect((await index.search(vector(2), { k: 1 })).rows[0]).toBe(4_294_967_295);
    });

    claim("answers with allowed rows only", async () => {
      const filter = Uint32Array.of(0b1010_0110, 0b1000);
      const { rows } = await (await filled()).search(query, { k: 40, filter });
      expect([...rows].sort((a, b) => a - b)).toEqual([1, 2, 5, 7, 35]);
    });

    claim("does not allow rows beyond the end of the bitmap", async () => {
      const { rows } = await (await filled()).search(query, { k: 40, filter: Uint32Array.of(0xffff_ffff) });
      expect(Math.max(...rows)).toBe(31);
    });

    claim("answers with nothing when nothing is allowed", async () => {
      expect((await (await filled()).search(query, { k: 3, filter: new Uint32Array(0) })).rows).toHaveLength(0);
    });

    claim("replaces the vector of a row that is added again", async () => {
      const index = await filled(10);
      await index.add(Uint32Array.of(4), vector(30));
      expect(index.stats().count).toBe(10);
      expect((await index.search(vector(30), { k: 1 })).rows[0]).toBe(4);
    });

    claim("keeps the last of two vectors for one row in one call", async () => {
      const index = await kind.create(D);
      await index.add(Uint32Array.of(6, 6), vectors.subarray(0, 2 * D));
      const { rows, distances } = await index.search(vector(1), { k: 5 });
      expect([...rows]).toEqual([6]);
      expect(distances[0]).toBeCloseTo(0, 5);
    });

    claim("forgets a removed row and says how many were present", async () => {
      const index = await filled(10);
      expect(await index.remove(Uint32Array.of(3, 99, 3, 8))).toBe(2);
      const { rows } = await index.search(query, { k: 10 });
      expect([...rows].sort((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 7, 9]);
    });

    claim("can be emptied and filled again", async () => {
      const index = await filled(10);
      await index.remove(rowsFrom(0, 10));
      expect((await index.search(query, { k: 3 })).rows).toHaveLength(0);
      await index.add(rowsFrom(20, 5), vectors.subarray(20 * D, 25 * D));
      expectSame(await index.search(query, { k: 5 }), bruteForce(rowsFrom(20, 5), 5));
    });

    claim("does not keep the arrays it is given", async () => {
      const [rows, given] = [Uint32Array.of(1), vector(1).slice()];
      const index = await kind.create(D);
      await index.add(rows, given);
      rows.fill(2);
      given.fill(9);
      const found = await index.search(vector(1), { k: 1 });
      expect(found.rows[0]).toBe(1);
      expect(found.distances[0]).toBeCloseTo(0, 5);
    });

    claim("does not change an answer it has given", async () => {
      const index = await filled();
      const first = await index.search(query, { k: 5 });
      const copy = [...first.rows];
      await index.search(vector(3), { k: 5 });
      expect([...first.rows]).toEqual(copy);
    });

    claim("counts rows, dimensions and bytes", async () => {
      const { count, dimensions, bytes } = (await filled(12)).stats();
      expect([count, dimensions]).toEqual([12, D]);
      expect(bytes).toBeGreaterThanOrEqual(12 * D);
    });

    claim("opens its snapshot to the same answers", async () => {
      const index = await filled();
      await index.remove(Uint32Array.of(2, 11));
      const opened = await kind.open(await index.save(), D);
      expect(await opened.search(query, { k: 38 })).toEqual(await index.search(query, { k: 38 }));
      expect(opened.stats().count).toBe(38);
    });

    claim("opens the snapshot of an empty index", async () => {
      const opened = await kind.open(await (await kind.create(D)).save(), D);
      await opened.add(Uint32Array.of(5), vector(5));
      expect((await opened.search(vector(5), { k: 2 })).rows).toEqual(Uint32Array.of(5));
    });

    claim("opens a snapshot that lies anywhere in a larger buffer", async () => {
      const saved = await (await filled()).save();
      const shifted = new Uint8Array(saved.length + 7);
      shifted.set(saved, 3);
      const opened = await kind.open(shifted.subarray(3, 3 + saved.length), D);
      expect(opened.stats().count).toBe(40);
    });

    claim("refuses a snapshot of other dimensions", async () => {
      const saved = await (await filled()).save();
      await expect(kind.open(saved, D + 1)).rejects.toMatchObject({ code: "bad-snapshot" });
    });

    claim("refuses foreign bytes as a snapshot", async () => {
      for (const foreign of [new Uint8Array(0), new Uint8Array(4096), new TextEncoder().encode("x".repeat(500))]) {
        await expect(kind.open(foreign, D)).rejects.toMatchObject({ code: "bad-snapshot" });
      }
    });

    claim("refuses a snapshot of a later version politely", async () => {
      const saved = await (await filled()).save();
      const view = new DataView(saved.buffer);
      const version = view.getUint32(4, true);
      view.setUint32(4, version + 1, true);
      const said = `got v${version + 1}, expected v${version}. Rebuild the index from its entries`;
      await expect(kind.open(saved, D)).rejects.toThrow(said);
    });

    claim("refuses torn snapshots", async () => {
      const saved = await (await filled()).save();
      const random = seeded(21);
      for (let round = 0; round < 150; round++) {
        const torn = saved.subarray(0, below(random, saved.length));
        await expect(kind.open(torn, D)).rejects.toMatchObject({ code: "bad-snapshot" });
      }
    });

    claim("lets no flipped bit of a snapshot change an answer", async () => {
      const index = await filled();
      const [saved, expected] = [await index.save(), await index.search(query, { k: 40 })];
      const random = seeded(22);
      for (let round = 0; round < 250; round++) {
        const flipped = saved.slice();
        flipped[below(random, saved.length)]! ^= 1 << below(random, 8);
        expect(await answerOrCode(kind, flipped)).toBeOneOf(["bad-snapshot", expected]);
      }
    });

    const badVectors: [string, Float32Array][] = [
      ["NaN", withValue(Number.NaN)],
      ["infinity", withValue(Number.POSITIVE_INFINITY)],
      ["negative infinity", withValue(Number.NEGATIVE_INFINITY)],
      ["no length", new Float32Array(D)],
      ["too few values", new Float32Array(D - 1).fill(1)],
      ["too many values", new Float32Array(D + 1).fill(1)],
    ];
    for (const [what, bad] of badVectors) {
      claim(`refuses a vector of ${what}`, async () => {
        const index = await kind.create(D);
        await refuses(index.add(Uint32Array.of(1), bad), "bad-vector");
      });
      claim(`refuses a query of ${what}`, async () => {
        await refuses((await filled()).search(bad, { k: 1 }), "bad-vector");
      });
    }

    claim("keeps nothing of a call it refuses", async () => {
      const index = await filled(3);
      const batch = new Float32Array(2 * D).fill(Number.NaN);
      batch.set(vector(9));
      await refuses(index.add(Uint32Array.of(0, 9), batch), "bad-vector");
      expect(index.stats().count).toBe(3);
      expectSame(await index.search(query, { k: 5 }), bruteForce(rowsFrom(0, 3), 3));
    });

    claim("refuses rows and vectors that do not match in number", async () => {
      const index = await kind.create(D);
      await refuses(index.add(Uint32Array.of(1, 2), vector(1)), "bad-input");
      expect(index.stats().count).toBe(0);
    });

    claim("refuses k below 1", async () => {
      const index = await filled();
      for (const k of [0, -1, 1.5, Number.NaN]) await refuses(index.search(query, { k }), "bad-input");
    });

    claim("refuses every call once closed", async () => {
      const index = await filled();
      await index.close();
      await refuses(index.add(Uint32Array.of(1), vector(1)), "closed");
      await refuses(index.remove(Uint32Array.of(1)), "closed");
      await refuses(index.search(query, { k: 1 }), "closed");
      await refuses(index.save(), "closed");
    });

    claim("can be closed twice", async () => {
      const index = await filled();
      await index.close();
      await index.close();
    });

    end();
  });
}

/** The truth, computed in another way than in any index: a plain loop in double precision. */
function bruteForce(rows: Uint32Array, k: number): Neighbors {
  const distance = (row: number) => 1 - vector(row).reduce((sum, x, i) => sum + x * query[i]!, 0);
  const ranked = [...rows].sort((a, b) => distance(a) - distance(b) || a - b).slice(0, k);
  return { rows: Uint32Array.from(ranked), distances: Float32Array.from(ranked.map(distance)) };
}

function expectSame(got: Neighbors, expected: Neighbors): void {
  expect([...got.rows]).toEqual([...expected.rows]);
  for (const [i, distance] of expected.distances.entries()) expect(got.distances[i]).toBeCloseTo(distance, 5);
}

async function answerOrCode(kind: IndexKind, snapshot: Uint8Array): Promise<Neighbors | string> {
  try {
    return await (await kind.open(snapshot, D)).search(query, { k: 40 });
  } catch (error) {
    return isPipitError(error) ? error.code : String(error);
  }
}

async function refuses(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(call).rejects.toMatchObject({ code });
}

function withValue(value: number): Float32Array {
  const bad = vector(0).slice();
  bad[5] = value;
  return bad;
}
