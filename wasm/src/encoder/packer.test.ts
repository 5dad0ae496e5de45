import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { packedTwin, TWIN_PRODUCER, TWIN_RECIPE } from "@pipit/test/fixtures/packed-twin";
import { expect, test } from "vitest";
import { loadBuild } from "../node.ts";
import { packerOf } from "./packer.ts";

const { spec, files } = await minilmTwin();
const about = { space: spec.space, producer: TWIN_PRODUCER };
const packer = packerOf({ recipe: async () => TWIN_RECIPE, module: () => loadBuild("simd", "encoder") });

test("packs a model's weights to the bytes of its packed file, and counts the layers", async () => {
  const reports: number[][] = [];
  const packed = await packer.pack(files.weights, about, { onProgress: (...report) => void reports.push(report) });
  expect(Buffer.compare(packed, await packedTwin())).toBe(0);
  expect(reports).toEqual([0, 1, 2].map((layer) => [layer, 2]));
});

test("can be aborted between two layers", async () => {
  const controller = new AbortController();
  const packing = packer.pack(files.weights, about, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(packing).rejects.toMatchObject({ code: "aborted" });
});

test("refuses weights of no model", async () => {
  await expect(packer.pack(new Uint8Array(100), about, {})).rejects.toMatchObject({ code: "bad-model" });
});
