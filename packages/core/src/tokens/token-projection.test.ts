import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { describe, expect, test } from "vitest";
import { readTokenProjection, writeTokenProjection } from "./token-projection.ts";

const space = { id: "0123456789abcdef0123456789abcdef" };
const shape = { width: 32, dimensions: 16 };
const projection = twinProjection(space, shape);
const file = writeTokenProjection(projection);
const BAD = expect.objectContaining({ code: "bad-model" });

test("a projection is read as it was written", () => {
  const { tokenSpace: _, ...parts } = projection;
  expect(readTokenProjection(writeTokenProjection(parts))).toEqual(projection);
  expect(projection).toMatchObject({ spaceId: space.id, ...shape });
});

test("its id is that of the model's space and of the file, and of nothing else", () => {
  expect(projection.tokenSpace.dimensions).toBe(16);
  expect(projection.tokenSpace.id).toMatch(/^[0-9a-f]{32}$/);
  expect(readTokenProjection(file).tokenSpace.id).toBe(projection.tokenSpace.id);
  expect(twinProjection({ id: "f".repeat(32) }, shape).tokenSpace.id).not.toBe(projection.tokenSpace.id);
  const scales = projection.scales.map((scale) => scale * 2);
  expect(twinProjection(space, shape, { scales }).tokenSpace.id).not.toBe(projection.tokenSpace.id);
});

test("a file inside a larger buffer is read", () => {
  const larger = new Uint8Array(file.length + 13);
  larger.set(file, 7);
  expect(readTokenProjection(larger.subarray(7, 7 + file.length))).toEqual(projection);
  expect(readTokenProjection(Buffer.from(larger.buffer, 7, file.length))).toEqual(projection);
});

describe("is refused", () => {
  test("with any byte changed", () => {
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice();
      changed[at]! ^= 4;
      expect(() => readTokenProjection(changed), `byte ${at}`).toThrow(BAD);
    }
  });

  test("cut off anywhere, or too long", () => {
    for (let end = 0; end < file.length; end += 5)
      expect(() => readTokenProjection(file.subarray(0, end))).toThrow(BAD);
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(() => readTokenProjection(longer)).toThrow(BAD);
  });

  test.each([
    [0, 16],
    [24, 16],
    [32, 12],
    [16, 32],
    [8192, 16],
    [32, 0],
  ])("with %i values projected to %i", (width, dimensions) => {
    const codes = new Int8Array(width * dimensions);
    expect(() => twinProjection(space, { width, dimensions }, { codes })).toThrow(BAD);
  });

  test("with a number that is not finite, though its digest is right", () => {
    const offsets = projection.offsets.map((offset, i) => (i === 3 ? Number.NaN : offset));
    expect(() => twinProjection(space, shape, { offsets })).toThrow(BAD);
    const scales = projection.scales.map((scale, i) => (i === 3 ? Number.POSITIVE_INFINITY : scale));
    expect(() => twinProjection(space, shape, { scales })).toThrow(BAD);
  });

  test("in a newer version, naming both", () => {
    const newer = file.slice();
    newer[4] = 2;
    expect(() => readTokenProjection(newer)).toThrow(/got .* v2, expected v1/);
  });
});
