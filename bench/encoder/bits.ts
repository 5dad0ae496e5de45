import { MINILM_SPACE } from "@pipit/core";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import type { BenchReport, Log } from "../bench.ts";
import { callsOf, type Rows, spreadOver } from "./inputs.ts";
import { ENCODER_BUILDS, type Prepared } from "./prepared.ts";
import { withEngine } from "./start-engine.ts";

const TOGETHER = 32;
const { dimensions } = MINILM_SPACE;

/** The number of texts whose vectors differ in any bit between builds, or alone and in batches of another order. 0 is expected. */
export async function bits(prepared: Prepared, log: Log): Promise<BenchReport> {
  const all = [...prepared.inputs.sentences, ...prepared.inputs.long];
  const rows = spreadOver(all, prepared.count ?? all.length);
  log(`bits of ${rows.length} texts in ${ENCODER_BUILDS.length} builds`);
  const order = shuffledPlaces(rows.length);
  const found = await Promise.all(ENCODER_BUILDS.map((build) => answersOf(prepared, build, { rows, order })));
  const truth = found[0]!.alone;
  const counted = found.flatMap(({ alone, together }, i) => [
    { subject: `${ENCODER_BUILDS[i]}, alone`, differ: countOther(alone, truth) },
    { subject: `${ENCODER_BUILDS[i]}, ${TOGETHER} at once in another order`, differ: countOther(together, truth) },
  ]);
  const got = counted.reduce((sum, { differ }) => sum + differ, 0);
  return {
    rows: counted.map(({ subject, differ }) => ({
      subject: `bits: ${subject}, against ${ENCODER_BUILDS[0]}, alone`,
      unit: `of ${rows.length} texts`,
      differ,
    })),
    goals: [{ figure: "texts whose bits differ", goal: "0", got, met: got === 0 }],
  };
}

interface Answered {
  readonly alone: Float32Array;
  /** Vectors in the order of `alone`. */
  readonly together: Float32Array;
}

interface Ordered {
  readonly rows: Rows;
  readonly order: readonly number[];
}

function answersOf(
  { minilm }: Prepared,
  build: (typeof ENCODER_BUILDS)[number],
  { rows, order }: Ordered,
): Promise<Answered> {
  return withEngine(async (running) => {
    const open = { engine: `kernel-${build}`, files: minilm, bytes: "in the file" } as const;
    await running.do({ do: "open", ...open, first: rows.slice(0, 1) });
    await running.do({ do: "keep", set: "alone", calls: callsOf(rows, 1) });
    const mixed = order.map((place) => rows[place]!);
    await running.do({ do: "keep", set: "together", calls: callsOf(mixed, TOGETHER) });
    const together = await running.do({ do: "vectors", set: "together" });
    return { alone: await running.do({ do: "vectors", set: "alone" }), together: putBack(together, order) };
  });
}

function putBack(vectors: Float32Array, order: readonly number[]): Float32Array {
  const out = new Float32Array(vectors.length);
  order.forEach((place, i) => {
    out.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), place * dimensions);
  });
  return out;
}

function countOther(one: Float32Array, other: Float32Array): number {
  const [a, b] = [one, other].map(({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length));
  let count = 0;
  for (let from = 0; from < a!.length; from += dimensions) {
    const differs = a!.subarray(from, from + dimensions).some((word, i) => word !== b![from + i]);
    if (differs) count++;
  }
  return count;
}

function shuffledPlaces(count: number): number[] {
  const random = seeded(3);
  const places = Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = below(random, last + 1);
    [places[last], places[other]] = [places[other]!, places[last]!];
  }
  return places;
}
