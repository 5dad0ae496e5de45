import { below, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { ExactKernel } from "../../search/exact/exact-kernel.ts";

const shape = { dimensions: 1, codes: "none", originals: "f32", metric: "cosine" } as const;
const kernel = new ExactKernel(await loadBuild("simd", "exact"), shape, 2 ** 24);
const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7 + 3) & 255);
const hex = (...pieces: Uint8Array[]) => kernel.hash(pieces).toString(16).padStart(16, "0");

test.each([
  ["", "ef46db3751d8e999"],
  ["a", "d24ec4f1a98c6e5b"],
  ["abc", "44bc2cf5ad770999"],
  ["xxhash", "32dd38952c4bc720"],
  ["Nobody inspects the spammish repetition", "fbcea83c8a378bf1"],
])("the published XXH64 of %o is %s", (text, sum) => {
  expect(hex(new TextEncoder().encode(text))).toBe(sum);
});

// Printed by the reference implementation (the xxhash package of Python, 3.x) for bytes (7 i + 3) mod 256.
test.each([
  [1, "1f25c8d0bc1f4bb6"],
  [3, "31d2363f52e564c9"],
  [4, "9bb64b7d66ee9fda"],
  [5, "c7608efddb7051fe"],
  [7, "9a7b149959ce60d8"],
  [8, "dab99d95c6f90092"],
  [9, "170bb6bf975b4c02"],
  [12, "d52e407833af5133"],
  [31, "a2aa5f33cc4a6119"],
  [32, "23c3c17ef790fd97"],
  [33, "50a7cfc7ba588784"],
  [39, "880bbeea606e4b37"],
  [63, "5e3e54b431c7493c"],
  [64, "0eb64b3ef6eeb01f"],
  [65, "a383b724b2bd12f1"],
  [1000, "5f235fa033f1a3fb"],
  [5000, "9a8d831c04aa8b1d"],
])("the sum of %i bytes is %s", (length, sum) => {
  expect(hex(bytes.subarray(0, length))).toBe(sum);
});

test("the sum is the same however the bytes are cut", () => {
  const random = seeded(61);
  for (let round = 0; round < 200; round++) {
    const length = below(random, 200);
    const [first, second] = [below(random, length + 1), below(random, length + 1)].sort((a, b) => a - b);
    const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second, length)];
    expect(hex(...pieces)).toBe(hex(bytes.subarray(0, length)));
  }
});

test("bytes in the kernel's own memory are summed where they lie, to the same", () => {
  kernel.takeSlots(3000);
  for (const piece of kernel.piecesOf(0)) piece.set(bytes.subarray(0, piece.length));
  const copies = [...kernel.piecesOf(0)].map((piece) => piece.slice());
  expect(kernel.hash(kernel.piecesOf(0))).toBe(kernel.hash(copies));
});
