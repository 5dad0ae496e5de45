import { expect, test } from "vitest";
import { embeddingList } from "./embedding-list.ts";

const NAMES = { model: "Nōtēs ⟨1⟩ 😀", space: "s" };
const marks = (index: number) => (index === 1 ? { unread: true } : {});

async function read(matrix: Float32Array, format: "float" | "base64") {
  const bytes = await embeddingList(matrix, { width: 3, format, marks, about: NAMES });
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

test("numbers equal the vectors to the bit, also the longest, with all properties beside them", async () => {
  const matrix = new Float32Array([
    0.1, -1.1754943508222875e-38, -3.4028234663852886e38, 1, -0.5, 1.401298464324817e-45,
  ]);
  const { object, data, ...about } = await read(matrix, "float");
  expect({ object, about }).toEqual({ object: "list", about: NAMES });
  expect(data[0]).toEqual({ object: "embedding", index: 0, embedding: [...matrix.subarray(0, 3)] });
  expect(data[1]).toEqual({ object: "embedding", index: 1, embedding: [...matrix.subarray(3)], unread: true });
});

test("the buffer suffices if each number has the greatest length", async () => {
  const matrix = new Float32Array(3 * 2_000).fill(-1.1754943508222875e-38);
  expect((await read(matrix, "float")).data).toHaveLength(2_000);
});

test("base64 holds the bytes of the vectors", async () => {
  const { data } = await read(new Float32Array([1, 2, 3]), "base64");
  expect(new Float32Array(Uint8Array.from(atob(data[0].embedding), (c) => c.charCodeAt(0)).buffer)).toEqual(
    new Float32Array([1, 2, 3]),
  );
});
