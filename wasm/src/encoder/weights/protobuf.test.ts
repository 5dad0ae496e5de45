import { expect, test } from "vitest";
import { readFields, readVarints } from "./protobuf.ts";

const fields = (...bytes: number[]) => [...readFields(Uint8Array.from(bytes))];
const varints = (...bytes: number[]) => [...readVarints(Uint8Array.from(bytes))];
const repeated = (byte: number, times: number) => Array.from({ length: times }, () => byte);

test("fields come in their order, those with a length as views of the file", () => {
  const file = Uint8Array.of(8, 150, 1, 18, 2, 65, 66, 29, 0, 0, 128, 63);
  const [one, two, three] = [...readFields(file)];
  expect(one).toEqual({ number: 1, value: 150, bytes: undefined });
  expect(two).toMatchObject({ number: 2, bytes: Uint8Array.of(65, 66) });
  expect(two?.bytes?.buffer).toBe(file.buffer);
  expect(three).toMatchObject({ number: 3, bytes: Uint8Array.of(0, 0, 128, 63) });
});

test("numbers of 64 bits keep their sign and the places that a double holds", () => {
  expect(varints(...repeated(255, 9), 1)).toEqual([-1]);
  expect(varints(...repeated(255, 7), 15)).toEqual([Number.MAX_SAFE_INTEGER]);
  expect(varints(...repeated(128, 9), 1)).toEqual([-(2 ** 63)]);
});

test.each([
  ["a number cut off", [8, 128]],
  ["a number of eleven bytes", [8, ...repeated(128, 10), 0]],
  ["a number beyond 64 bits", [8, ...repeated(255, 9), 2]],
  ["a length beyond the end", [18, 3, 65, 66]],
  ["a fixed width cut off", [25, 1, 2, 3]],
  ["the field number zero", [2, 0]],
  ["a field number beyond 29 bits", [130, 128, 128, 128, 16, 0]],
  ["a group", [11, 12]],
])("%s is refused", (_, bytes) => {
  expect(() => fields(...bytes)).toThrow(expect.objectContaining({ code: "bad-model" }));
});

test("a length below zero is refused as such: it would lead back", () => {
  const refusal = expect.objectContaining({ code: "bad-model", got: expect.stringContaining("-1 bytes") });
  expect(() => fields(18, ...repeated(255, 9), 1)).toThrow(refusal);
});
