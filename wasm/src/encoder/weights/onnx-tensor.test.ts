import { expect, test } from "vitest";
import { readTensor } from "./onnx-tensor.ts";

// A TensorProto byte by byte: the writer of fixtures knows raw data only.
const field = (number: number, bytes: readonly number[]) => [number * 8 + 2, bytes.length, ...bytes];
const tensor = (...parts: readonly (readonly number[])[]) => readTensor(Uint8Array.from(parts.flat()));
const named = field(8, [119]); // "w"
const dims = (...each: number[]) => each.flatMap((dim) => [8, dim]);
const type = (number: number) => [16, number];
const f32 = (...values: number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];
const refusal = (got: string) => expect.objectContaining({ code: "bad-model", got: expect.stringContaining(got) });

test.each([
  ["raw floats", [type(1), dims(2), field(9, f32(1, -2))], [1, -2]],
  ["packed floats", [type(1), dims(2), field(4, f32(1, -2))], [1, -2]],
  ["floats one by one", [type(1), dims(2), [37, ...f32(1)], [37, ...f32(-2)]], [1, -2]],
  ["doubles", [type(11), dims(1), field(10, [...new Uint8Array(Float64Array.of(1.5).buffer)])], [1.5]],
  ["raw halves", [type(10), dims(2), field(9, [0, 60, 0, 192])], [1, -2]],
  ["halves as integers", [type(10), dims(2), field(5, [128, 120, 128, 128, 3])], [1, -2]],
  ["bfloat16 as integers", [type(16), dims(1), field(5, [128, 127])], [1]],
  ["raw int8", [type(3), dims(2), field(9, [255, 127])], [-1, 127]],
  ["raw uint8", [type(2), dims(2), field(9, [255, 127])], [255, 127]],
  ["a zero point by itself", [type(2), [40, 128, 1]], [128]],
  ["int8 as integers", [type(3), dims(1), field(5, [...Array(9).fill(255), 1])], [-1]],
  ["raw int32", [type(6), dims(1), field(9, [254, 255, 255, 255])], [-2]],
  ["raw int64", [type(7), dims(1), field(9, [254, ...Array(7).fill(255)])], [-2]],
  ["packed dimensions", [type(2), field(1, [1, 2]), field(9, [4, 5])], [4, 5]],
  ["nothing at all", [type(1), dims(0, 3)], []],
])("%s are read", (_, parts, values) => {
  expect([...tensor(named, ...parts).read()]).toEqual(values);
});

test("only floats can be weights by themselves", () => {
  expect(tensor(named, type(10)).isFloat).toBe(true);
  expect(tensor(named, type(3)).isFloat).toBe(false);
});

test.each([
  ["raw data of another length", [type(1), dims(2), field(9, f32(1))], "4 bytes of w [2]"],
  ["values in another file", [type(1), dims(2), [112, 1]], "in a file beside"],
  ["a shape below zero", [type(1), [8, ...Array(9).fill(255), 1], field(9, [])], "w of shape"],
  ["a shape beyond counting", [type(1), [8, ...Array(7).fill(255), 7], dims(100), field(9, [])], "w of shape"],
  ["a shape of very many dimensions", [type(1), dims(...Array(65).fill(1))], "many dimensions"],
  ["a packed shape of very many", [type(1), field(1, Array(65).fill(1))], "many dimensions"],
])("%s are refused when the file is opened", (_, parts, got) => {
  expect(() => tensor(named, ...parts)).toThrow(refusal(got));
});

test.each([
  ["typed data of another length", [type(1), dims(2), field(4, f32(1))], "4 bytes of w [2]"],
  ["no data", [type(1), dims(2)], "0 bytes of w [2]"],
  ["too few integers", [type(3), dims(2), field(5, [128, 1])], "1 values of w"],
  ["too many integers", [type(3), dims(1), field(5, [1, 2])], "2 values of w"],
  [
    "integers too few for any memory",
    [type(3), dims(2 ** 6, 2 ** 6, 2 ** 6, 2 ** 6, 2 ** 6, 2 ** 6), field(5, [1])],
    "1 values",
  ],
  ["text", [type(8), dims(1)], "type 8"],
])("%s are refused when they are read", (_, parts, got) => {
  const read = tensor(named, ...parts);
  expect(() => read.read()).toThrow(refusal(got));
});
