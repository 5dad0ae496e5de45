import { expect, test } from "vitest";
import { readEntry } from "./stored-rows.ts";

const vectors = Float32Array.of(0.25, -1, 3);
const bytes = new Uint8Array(vectors.buffer);
const shifted = new Uint8Array(bytes.length + 1);
shifted.set(bytes, 1);

test.each([
  ["bytes", bytes],
  ["bytes at an odd offset", shifted.subarray(1)],
  ["an array of numbers", [...bytes]],
  ["a buffer", bytes.slice().buffer],
])("vectors that a database returns as %s are read", (_, blob) => {
  const row = { id: "a", text: "", fields: "{}", passages: "[]", vectors: blob, producer: "bag", provisional: 0 };
  expect(readEntry(row).vectors).toEqual(vectors);
});
