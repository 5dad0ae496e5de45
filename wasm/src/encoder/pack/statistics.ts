import type { EncoderShape } from "../encoder-shape.ts";
import { LAYER_INPUTS } from "../encoder-workspace.ts";
import type { LayerStatistics } from "./pack-encoder.ts";
import type { InputStatistics } from "./smoothing.ts";

/**
 * Statistics of each layer's inputs, two bytes a channel: reach = 2^(code / 12 - 10), by steps of 6 %, and center = code *
 * reach / 16. They are coarse, because they only choose factors, and fixed, because the file depends on the factors.
 */
const REACH_STEPS = 12;
const REACH_FLOOR = 10;
const CENTER_STEPS = 16;

export function encodeStatistics(layers: readonly LayerStatistics[]): Uint8Array<ArrayBuffer> {
  const inputs = layers.flatMap((layer) => LAYER_INPUTS.map((input) => layer[input]));
  const bytes = new Uint8Array(inputs.reduce((sum, { reaches }) => sum + 2 * reaches.length, 0));
  let at = 0;
  for (const { centers, reaches } of inputs) {
    for (const [i, reach] of reaches.entries()) {
      const code = clamp(Math.round((Math.log2(Math.max(reach, 1e-9)) + REACH_FLOOR) * REACH_STEPS), 0, 255);
      bytes[at++] = code;
      bytes[at++] = clamp(Math.round((centers[i]! / reachOf(code)) * CENTER_STEPS), -128, 127) & 0xff;
    }
  }
  return bytes;
}

export function decodeStatistics(
  base64: string,
  { layers, width, inner }: Pick<EncoderShape, "layers" | "width" | "inner">,
): LayerStatistics[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  let at = 0;
  const next = (channels: number): InputStatistics => {
    const codes = bytes.subarray(at, at + 2 * channels);
    at += codes.length;
    const reaches = Float32Array.from({ length: channels }, (_, i) => reachOf(codes[2 * i]!));
    const centers = reaches.map((reach, i) => (((codes[2 * i + 1]! << 24) >> 24) * reach) / CENTER_STEPS);
    return { centers, reaches };
  };
  return Array.from({ length: layers }, () => ({
    normed: next(width),
    mixed: next(width),
    smoothed: next(width),
    activated: next(inner),
  }));
}

function reachOf(code: number): number {
  return Math.fround(2 ** (code / REACH_STEPS - REACH_FLOOR));
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
