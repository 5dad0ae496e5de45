import { loadIndex } from "@pipit/wasm/node";
import { describe, expect, test } from "vitest";
import { countFound } from "../fixtures/found.ts";
import { rowsFrom, truthOf } from "../fixtures/recall.ts";
import { below, clusteredVectors, rowAt, seeded, uniformVectors, unitRows } from "../fixtures/seeded.ts";

const seed = Number(process.env.PIPIT_SEED ?? 7);
const [MANY, TOPIC, ASKED, D] = [12_000, 5_500, 15, 128];
const COUNT = MANY + TOPIC;

type Draw = (values: Float32Array, random: () => number) => void;

/** How rows of the topic differ from the topic's point: in few dimensions, or only in certain ones, so that their bits have equal errors. */
const topics: Record<string, Draw> = {
  "in one dimension each": (values, random) => {
    values[below(random, D)]! += 0.5;
  },
  "in the same two dimensions": (values, random) => {
    values[7]! += 3 * random();
    values[9]! -= 3 * random();
  },
  "in the same twelve dimensions": (values, random) => {
    for (let i = 0; i < 12; i++) values[i]! += 0.05 * (random() - random());
  },
  "in all dimensions": (values, random) => {
    for (let i = 0; i < D; i++) values[i]! += (0.6 * (random() - random())) / Math.sqrt(D);
  },
};

/** Ordinary rows, then rows of a topic whose codes have other errors. */
function rowsOf(draw: Draw) {
  const random = seeded(seed);
  const centers = uniformVectors(random, 240, D);
  const ordinary = (count: number) => clusteredVectors(random, count, centers, D);
  const point = uniformVectors(random, 1, D);
  const about = (count: number) => {
    const rows = new Float32Array(count * D);
    for (let at = 0; at < rows.length; at += D) {
      rows.set(point, at);
      draw(rows.subarray(at, at + D), random);
    }
    return unitRows(rows, D);
  };
  const vectors = new Float32Array(COUNT * D);
  vectors.set(ordinary(MANY));
  vectors.set(about(TOPIC), MANY * D);
  return { vectors, asked: { ordinary: ordinary(ASKED), topic: about(ASKED), far: uniformVectors(random, ASKED, D) } };
}

describe.each(Object.keys(topics))("rows of a topic that differ %s", (name) => {
  const { vectors, asked } = rowsOf(topics[name]!);

  test("are found after ef was measured on others, with a filter that allows only them too", async () => {
    const index = await (await loadIndex()).create(D);
    await index.add(rowsFrom(0, MANY), vectors.subarray(0, MANY * D));
    for (let i = 0; i < ASKED; i++) await index.search(rowAt(asked.ordinary, i, D), { k: 10 });
    await index.whenSettled();
    expect(index.candidates).toBeDefined();
    await index.add(rowsFrom(MANY, TOPIC), vectors.subarray(MANY * D));
    const truth = await truthOf(rowsFrom(0, COUNT), vectors);
    const filters = { none: undefined, "the topic": bitmap(MANY, COUNT), "the others": bitmap(0, MANY) };
    for (const [question, queries] of Object.entries(asked)) {
      for (const [allowed, filter] of Object.entries(filters)) {
        for (const k of [1, 10, 100]) {
          let found = 0;
          for (let i = 0; i < ASKED; i++) {
            const query = rowAt(queries, i, D);
            found += countFound(await truth.search(query, { k, filter }), await index.search(query, { k, filter }));
          }
          const said = `${question} question, filter ${allowed}, k ${k}, seed ${seed}`;
          expect.soft(found / (ASKED * k), said).toBeGreaterThanOrEqual(0.99);
        }
      }
    }
    await index.close();
  });
});

function bitmap(from: number, to: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(COUNT / 32));
  for (let row = from; row < to; row++) words[row >>> 5]! |= 1 << (row & 31);
  return words;
}
