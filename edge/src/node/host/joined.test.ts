import { expect, test } from "vitest";
import { joined } from "./joined.ts";

test("pieces are joined in their order, none to nothing", () => {
  expect(joined([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3));
  expect(joined([])).toEqual(new Uint8Array());
});

test("a single piece with a buffer of its own is not copied", () => {
  const piece = Uint8Array.of(1, 2);
  expect(joined([piece])).toBe(piece);
});

test.each([
  ["a part of a larger buffer", Uint8Array.of(0, 1, 2, 0).subarray(1, 3)],
  ["shared memory", new Uint8Array(new SharedArrayBuffer(2)).fill(1)],
])("a single piece that is %s is copied, so that a transfer takes nothing of others", (_, piece) => {
  const whole = joined([piece]);
  expect(whole).toEqual(Uint8Array.from(piece));
  expect([whole.buffer.byteLength, whole.buffer instanceof ArrayBuffer]).toEqual([2, true]);
});
