import { expect, test } from "vitest";
import { readEntry } from "./stored-rows.ts";
import { writeTokenBlob } from "./token-blob.ts";

const vectors = Float32Array.of(0.25, -1, 3);
const bytes = new Uint8Array(vectors.buffer);
const shifted = new Uint8Array(bytes.length + 1);
shifted.set(bytes, 1);

const row = {
  id: "a",
  text: "",
  fields: "{}",
  passages: "[[4,0,0]]",
  vectors: bytes,
  producer: "bag",
  provisional: 0,
  tokens: null,
};

const tokens = { space: "t", counts: [2], bits: Uint8Array.of(1, 2, 3, 4) };
const blob = writeTokenBlob(tokens, [{ row: 4 }]);

test.each([
  ["bytes", bytes],
  ["bytes at an odd offset", shifted.subarray(1)],
  ["an array of numbers", [...bytes]],
  ["a buffer", bytes.slice().buffer],
])("vectors that a database returns as %s are read", (_, blob) => {
  expect(readEntry({ ...row, vectors: blob }).vectors).toEqual(vectors);
});

test.each([
  ["bytes", blob],
  ["an array of numbers", [...blob]],
  ["a buffer", blob.slice().buffer],
])("token vectors that a database returns as %s are read", (_, stored) => {
  expect(readEntry({ ...row, tokens: stored }).tokens).toEqual(tokens);
});

test("an entry without token vectors is read without them", () => {
  expect(readEntry(row)).not.toHaveProperty("tokens");
});

test.each([
  { fields: '{"size": 3' },
  { fields: "3" },
  { fields: "null" },
  { fields: "[]" },
  { passages: "[[0,0,5]" },
  { passages: "{}" },
  { passages: "[7]" },
  { passages: "null" },
  { passages: '{"passages": [[4,0,0]]}' },
  { passages: '{"passages": [7], "media": []}' },
  { passages: '{"passages": [], "media": [{"digest": "d", "type": "image/png"}]}' },
  {
    passages: '{"passages": [], "media": [], "further": [{"space": "s", "producer": "p", "parts": [{}], "values": 3}]}',
  },
  { passages: '{"passages": [], "media": [], "further": [{"space": "s", "producer": "p", "parts": [], "values": 4}]}' },
  { passages: "[[0,0]]" },
  { passages: '[["x",0,5]]' },
  { passages: "[[0,-1,5]]" },
  { passages: "[[0,0,null]]" },
  { passages: bytes },
  { text: null },
  { producer: 7 },
  { vectors: null },
  { vectors: 12 },
  { tokens: 12 },
  { tokens: new Uint8Array() },
  { tokens: blob.slice(0, -1) },
])("a row that is damaged in %j is refused by the entry's name", (damage) => {
  let failure: unknown;
  try {
    readEntry({ ...row, ...(damage as Partial<typeof row>) });
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({
    code: "storage-failed",
    got: expect.stringContaining('the stored entry "a", which is damaged'),
    do: expect.stringContaining("Restore the database from a backup"),
  });
});

test("a row without a readable id is refused too", () => {
  expect(() => readEntry({ ...row, id: null })).toThrow("the stored entry null, which is damaged");
});
