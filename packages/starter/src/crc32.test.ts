import { expect, test } from "vitest";
import { crc32 } from "./crc32.ts";

test("is that of zip and PNG for the check text", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("is the sum of the definition, bit by bit, at every length and from every place", () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 167 + (i >> 2)) & 255);
  for (let from = 0; from < 9; from++) {
    for (let to = from; to <= bytes.length; to++) {
      expect(crc32(bytes.subarray(from, to))).toBe(bitByBit(bytes.subarray(from, to)));
    }
  }
});

function bitByBit(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
