import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test, vi } from "vitest";
import { loadBuild, loadExactIndex } from "../../node.ts";
import { joinContainer } from "../../shared/snapshot/container.ts";
import { readContainer } from "../../shared/snapshot/container-reader.ts";
import { TruthSample } from "../truth/truth-sample.ts";
import type { ExactScan } from "./exact.ts";
import type { ExactOptions } from "./exact-options.ts";
import { EXACT_KIND } from "./exact-snapshot.ts";
import { trainQuantizer } from "./quantizer.ts";

const [COUNT, D] = [8400, 64];
// Even rows: no bits do with few candidates.
const vectors = uniformVectors(seeded(8), COUNT, D);
const bits: ExactOptions = { firstPass: "bit", calibrateAt: 4096 };

async function filled(count: number, options = bits): Promise<ExactScan> {
  const scan = await (await loadExactIndex(options)).create(D);
  for (let at = 0; at < count; at += 4200)
    await scan.add(rowsFrom(at, 4200), vectors.subarray(at * D, (at + 4200) * D));
  await scan.holdRecall();
  return scan;
}

test("codes that need many candidates have drifted once half of the rows came after they were calibrated", async () => {
  expect((await filled(4200)).isDrifted).toBe(false);
  expect((await filled(COUNT)).isDrifted).toBe(true);
});

test("codes that were given are kept, whatever came since", async () => {
  const asked = { kind: "bit", dimensions: D, metric: "inner-product", seed: 1 } as const;
  const quantizer = trainQuantizer(await loadBuild("relaxed", "exact"), asked, vectors.subarray(0, 1000 * D));
  expect((await filled(COUNT, { firstPass: "bit", quantizer })).isDrifted).toBe(false);
});

test("codes that were calibrated for the present rows are not tried again, nor by who opens the snapshot", async () => {
  const scan = await filled(COUNT);
  const drifted = await (await loadExactIndex(bits)).open(await scan.save(), D);
  expect(drifted.isDrifted).toBe(true);
  scan.noteCalibrated();
  const opened = await (await loadExactIndex(bits)).open(await scan.save(), D);
  expect([scan.isDrifted, opened.isDrifted]).toEqual([false, false]);
});

test("changes since the recall was measured count after opening too: half of the rows in all make a measure due", async () => {
  const scan = await filled(COUNT);
  await scan.add(rowsFrom(0, 3000), vectors.subarray(0, 3000 * D));
  const saved = await scan.save();
  const opened = await (await loadExactIndex(bits)).open(saved, D);
  expect(Buffer.compare(await opened.save(), saved)).toBe(0);
  await opened.add(rowsFrom(3000, 2000), vectors.subarray(0, 2000 * D));
  const measures = vi.spyOn(TruthSample.prototype, "measureCurve");
  await opened.search(rowAt(vectors, 0, D), { k: 10 });
  await opened.whenMeasured();
  expect(measures).toHaveBeenCalledOnce();
});

test.each([1, 2])("a snapshot without the last %i numbers was calibrated for the first rows", async (left) => {
  const scan = await filled(COUNT);
  const kind = await loadExactIndex(bits);
  const saved = await scan.save();
  const container = await readContainer(saved, EXACT_KIND, kind.hash);
  const older = { ...container, numbers: container.numbers.slice(0, -left) };
  const sections = [...container.sections.values()].map(({ tag, offset, bytes }) => {
    return { tag, bytes, pieces: () => [saved.subarray(offset, offset + bytes)] };
  });
  const opened = await kind.open(joinContainer(older, sections, kind.hash), D);
  expect([opened.isDrifted, opened.loss]).toEqual([true, scan.loss]);
});

test("codes that are distrusted choose nothing until they are calibrated", async () => {
  const scan = await filled(4200);
  const { candidates } = scan;
  scan.distrustCodes();
  expect([scan.candidates, scan.stats().recall]).toEqual([undefined, 1]);
  scan.noteCalibrated();
  expect(scan.candidates).toBe(candidates);
});

test("another scan of the rows is measured by as many that codes were calibrated by as came later", async () => {
  const scan = await filled(COUNT);
  const { rows } = scan.measuredBy;
  expect(rows.filter(({ row }) => row < 4200)).toHaveLength(24);
  expect(rows.filter(({ row }) => row >= 4200)).toHaveLength(24);
  expect(rows[30]!.vector).toEqual(rowAt(vectors, rows[30]!.row, D));
});

test("queries that were asked are handed on", async () => {
  const scan = await filled(4200);
  const query = rowAt(vectors, 8000, D);
  await scan.search(query, { k: 10 });
  expect(scan.measuredBy.queries).toEqual([query]);
  const other = await filled(4200);
  other.measureBy(scan.measuredBy);
  expect(other.measuredBy.queries).toEqual([query]);
});
