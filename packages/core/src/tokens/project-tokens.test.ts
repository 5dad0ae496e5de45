import { seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { expect, test } from "vitest";
import { projectTokens } from "./project-tokens.ts";
import { signBits } from "./token-vectors.ts";

const projection = twinProjection({ id: "0".repeat(32) }, { width: 16, dimensions: 8 });
const states = Float32Array.from(uniformVectors(seeded(1), 5, 16));

test("a state's vector is its unit state by the matrix, less the offsets, of unit length", () => {
  const { codes, scales, offsets } = projection;
  const unit = states.subarray(16, 32);
  const plain = Array.from(offsets, (offset, row) => {
    const products = Array.from(unit, (value, i) => codes[row * 16 + i]! * scales[row]! * value);
    return products.reduce((sum, product) => sum + product, 0) - offset;
  });
  const length = Math.hypot(...plain);
  const vector = projectTokens(states, projection).subarray(8, 16);
  for (const [i, value] of vector.entries()) expect(value).toBeCloseTo(plain[i]! / length, 5);
});

test("a state's length does not matter", () => {
  const longer = projectTokens(
    states.map((value) => value * 40),
    projection,
  );
  for (const [i, value] of projectTokens(states, projection).entries()) expect(longer[i]).toBeCloseTo(value, 5);
});

test("a state of zeros has the vector of the offsets alone", () => {
  const vector = projectTokens(new Float32Array(16), projection);
  const length = Math.hypot(...projection.offsets);
  for (const [i, value] of vector.entries()) expect(value).toBeCloseTo(-projection.offsets[i]! / length, 5);
});

test("no states have no vectors, and half a state is refused", () => {
  expect(projectTokens(new Float32Array(), projection)).toHaveLength(0);
  expect(() => projectTokens(new Float32Array(24), projection)).toThrow(expect.objectContaining({ code: "bad-input" }));
});

test("bits are set where values are above 0, the first value in the lowest bit", () => {
  expect(signBits(Float32Array.of(1, -1, 0, -0, 0.5, -2, 3, 1e-30))).toEqual(Uint8Array.of(0b11010001));
});
