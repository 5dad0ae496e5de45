import { f32Tensor, joinSafetensors, writeSafetensors } from "@pipit/test/fixtures/encoder-graphs-safetensors";
import { expect, test } from "vitest";
import { readSafetensors } from "./safetensors.ts";

const bytes = (length: number) => new Uint8Array(length);
const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});
const refusal = (got: string) => expect.objectContaining({ code: "bad-model", got: expect.stringContaining(got) });

test("values are those of the file, by names without wrappers", () => {
  const values = Float32Array.of(1, -2, 0.1, 4, 5, 6);
  const file = writeSafetensors({ "bert.pooler.dense.weight": f32Tensor([2, 3], values) });
  const source = readSafetensors(file);
  expect(source.names).toEqual(["pooler.dense.weight"]);
  expect(source.dims("pooler.dense.weight")).toEqual([2, 3]);
  expect(source.read("pooler.dense.weight")).toEqual(values);
});

test("values are fresh: changing them changes neither the file nor what is read next", () => {
  const source = readSafetensors(writeSafetensors({ a: f32Tensor([1], Float32Array.of(7)) }));
  source.read("a")[0] = 9;
  expect(source.read("a")[0]).toBe(7);
});

test("half precision is widened without loss", () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x7c00, 0x7e00);
  const file = writeSafetensors({ a: { dtype: "F16", shape: [7], bytes: new Uint8Array(halves.buffer) } });
  const expected = [1, -2, 2 ** -24, 65504, -0, Number.POSITIVE_INFINITY, Number.NaN];
  expect([...readSafetensors(file).read("a")]).toEqual(expected);
});

test("bfloat16 is widened without loss", () => {
  const brains = Uint16Array.of(0x3f80, 0xc040, 0x4049);
  const file = writeSafetensors({ a: { dtype: "BF16", shape: [3], bytes: new Uint8Array(brains.buffer) } });
  expect([...readSafetensors(file).read("a")]).toEqual([1, -3, 3.140625]);
});

test("data at an odd offset are read", () => {
  const file = writeSafetensors({
    odd: { dtype: "U8", shape: [1], bytes: bytes(1) },
    a: f32Tensor([2], Float32Array.of(1.5, 2.5)),
  });
  expect([...readSafetensors(file).read("a")]).toEqual([1.5, 2.5]);
});

test("position ids and other integers are no weights", () => {
  const ids = { dtype: "I64", shape: [1, 2], bytes: bytes(16) };
  const file = writeSafetensors({ "embeddings.position_ids": ids, a: f32Tensor([1], Float32Array.of(1)) });
  expect(readSafetensors(file).names).toEqual(["a"]);
});

test("a tensor that is not there has no shape, and reading it is refused by its name", () => {
  const source = readSafetensors(writeSafetensors({ a: f32Tensor([1], Float32Array.of(1)) }));
  expect(source.dims("b.weight")).toBeUndefined();
  expect(() => source.read("b.weight")).toThrow(refusal("b.weight"));
});

const HOLLOW = { a: entry(0, 4), b: entry(8, 12) };
const OVERLAPPING = { a: entry(0, 8), b: entry(4, 12) };

test.each([
  ["fewer bytes than its length takes", bytes(7), "7 bytes"],
  ["a header longer than the file", Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123), "a header of 9 bytes"],
  ["a header beyond all bounds", Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 123), "a header of 4294967296 bytes"],
  ["a header that is not JSON", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 44), "not JSON"],
  ["a header that is not UTF-8", Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 34, 255, 34), "not JSON"],
  ["a header that is a list", joinSafetensors([], []), "no object"],
  ["a tensor that is no object", joinSafetensors({ a: null }, []), "without shape or offsets of a"],
  ["a shape with a fraction", joinSafetensors({ a: entry(0, 4, [1.5]) }, [bytes(4)]), "without shape"],
  ["a shape below zero", joinSafetensors({ a: entry(0, 4, [-1]) }, [bytes(4)]), "without shape"],
  ["three offsets", joinSafetensors({ a: { ...entry(0, 4), data_offsets: [0, 4, 4] } }, [bytes(4)]), "offsets of a"],
  ["offsets beyond the end", joinSafetensors({ a: entry(0, 8) }, [bytes(4)]), "a at 0 to 8"],
  ["an end before the beginning", joinSafetensors({ a: entry(0, 4), b: entry(4, 0, [0]) }, [bytes(4)]), "b at 4 to 0"],
  ["tensors that overlap", joinSafetensors(OVERLAPPING, [bytes(12)]), "b at 4 to 12"],
  ["a hole between tensors", joinSafetensors(HOLLOW, [bytes(12)]), "b at 8 to 12"],
  ["data that no tensor names", joinSafetensors({ a: entry(0, 4) }, [bytes(8)]), "8 bytes of data"],
  ["a shape of another size", joinSafetensors({ a: entry(0, 8, [3]) }, [bytes(8)]), "8 bytes of a [3]"],
  ["a shape beyond counting", joinSafetensors({ a: entry(0, 0, [2 ** 40, 2 ** 40]) }, []), "a of shape"],
  ["two names of one tensor", joinSafetensors({ a: entry(0, 4), "m.a": entry(4, 8) }, [bytes(8)]), "called a"],
])("%s is refused", (_, file, got) => {
  expect(() => readSafetensors(file)).toThrow(refusal(got));
});
