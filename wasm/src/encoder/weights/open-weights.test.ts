import { f32Tensor, writeSafetensors } from "@pipit/test/fixtures/encoder-graphs-safetensors";
import { writeOnnx } from "@pipit/test/fixtures/onnx-writer";
import { expect, test } from "vitest";
import { openWeights } from "./open-weights.ts";

const values = Float32Array.of(1, 2);

test("safetensors and ONNX are told apart by their beginning", () => {
  const safe = writeSafetensors({ "a.bias": f32Tensor([2], values) });
  const onnx = writeOnnx({ nodes: [], weights: { "a.bias": { dims: [2], data: values } }, inputs: {}, outputs: {} });
  for (const file of [safe, onnx]) expect(openWeights(file).read("a.bias")).toEqual(values);
});

test("safetensors whose header is as long as ONNX's first byte are no ONNX", () => {
  const header = '{"__metadata__":{"":"0123"}} '.padEnd(0x108, " ");
  const file = Uint8Array.of(8, 1, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header));
  expect(openWeights(file).names).toEqual([]);
});

test("ONNX with a brace where the header of safetensors begins is ONNX", () => {
  const producer = [18, 5, ...new TextEncoder().encode("tool{")];
  const onnx = writeOnnx({ nodes: [], weights: { "a.bias": { dims: [2], data: values } }, inputs: {}, outputs: {} });
  expect(openWeights(Uint8Array.of(8, 8, ...producer, ...onnx)).names).toEqual(["a.bias"]);
});

test.each([
  ["nothing", "", "nothing"],
  ["a page of a server", "<!doctype html>", '"<!doctype ht"'],
  ["a pointer to large storage", "version https://git-lfs", '"version http"'],
  ["an archive", "PK\u0003\u0004", '"PK'],
])("%s is refused with what it begins with", (_, text, got) => {
  const refusal = expect.objectContaining({ code: "bad-model", got: expect.stringContaining(got) });
  expect(() => openWeights(new TextEncoder().encode(text))).toThrow(refusal);
});
