import { madeUpStatistics } from "@pipit/test/fixtures/encoder-drawn";
import { expect, test } from "vitest";
import { LAYER_INPUTS } from "../encoder-workspace.ts";
import { MINILM_STATISTICS } from "./minilm-statistics.ts";
import { decodeStatistics, encodeStatistics } from "./statistics.ts";

const SHAPE = { layers: 3, width: 48, inner: 96 };
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

test("statistics come back within six per cent, and centers within a sixteenth of the reach", () => {
  const given = madeUpStatistics(SHAPE);
  const decoded = decodeStatistics(base64(encodeStatistics(given)), SHAPE);
  for (const [layer, inputs] of given.entries()) {
    for (const input of LAYER_INPUTS) {
      const { reaches, centers } = decoded[layer]![input];
      expect(reaches).toHaveLength(inputs[input].reaches.length);
      for (const [i, reach] of inputs[input].reaches.entries()) {
        expect(Math.abs(Math.log(reaches[i]! / reach))).toBeLessThan(0.06);
        expect(Math.abs(centers[i]! - inputs[input].centers[i]!)).toBeLessThanOrEqual(reach / 15);
      }
    }
  }
});

test("what was decoded is encoded as the same bytes", () => {
  const bytes = encodeStatistics(madeUpStatistics(SHAPE));
  expect(encodeStatistics(decodeStatistics(base64(bytes), SHAPE))).toEqual(bytes);
});

test("channels of no reach and of any reach are held to what a byte says", () => {
  const wide = { reaches: Float32Array.of(0, 1e30), centers: Float32Array.of(1e9, -1e30) };
  const bytes = encodeStatistics([{ normed: wide, mixed: wide, smoothed: wide, activated: wide }]);
  expect([...bytes.subarray(0, 4)]).toEqual([0, 127, 255, 128]);
  const [layer] = decodeStatistics(base64(bytes), { layers: 1, width: 2, inner: 2 });
  expect(layer!.normed.reaches.every((reach) => reach > 0 && Number.isFinite(reach))).toBe(true);
});

test("MiniLM's are two bytes a channel of its six layers", () => {
  expect(Buffer.from(MINILM_STATISTICS, "base64")).toHaveLength(6 * 2 * (3 * 384 + 1536));
});
