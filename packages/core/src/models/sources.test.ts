import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, test, vi } from "vitest";
import { httpSource, type ResponseLike } from "./http-source.ts";
import { MINILM } from "./registry.ts";
import { type ModelSource, openModelFiles } from "./sources.ts";
import type { ModelFile, TextModelSpec } from "./text-model.ts";

const TOKENIZER = Uint8Array.of(1, 2, 3);
const WEIGHTS = Uint8Array.of(4, 5, 6, 7);

function fileOf(path: string, bytes: Uint8Array): ModelFile {
  return { path, accepts: [{ sha256: bytesToHex(sha256(bytes)), bytes: bytes.length }] };
}

const spec: TextModelSpec = {
  ...MINILM,
  tokenizer: fileOf("tokenizer.json", TOKENIZER),
  variants: { q8: { ...MINILM.variants.q8!, weights: fileOf("onnx/model_quantized.onnx", WEIGHTS) } },
};
const q8 = { spec, variant: "q8" } as const;

/** A source that holds the files of `held` by their full paths. */
function sourceOf(name: string, held: Record<string, Uint8Array>): ModelSource & { asked: string[] } {
  const asked: string[] = [];
  return {
    name,
    asked,
    async read(path, { onProgress }) {
      asked.push(path);
      const bytes = held[path];
      if (bytes) onProgress?.(bytes.length, undefined);
      return bytes;
    },
  };
}

const folder = (at: string, weights = WEIGHTS) => ({
  [`${at}/tokenizer.json`]: TOKENIZER,
  [`${at}/onnx/model_quantized.onnx`]: weights,
});

describe("opening a model's files", () => {
  test.each(["all-MiniLM-L6-v2", "Xenova/all-MiniLM-L6-v2", "Xenova/all-MiniLM-L6-v2/resolve/main"])(
    "finds them in a source's folder %s",
    async (at) => {
      const files = await openModelFiles([sourceOf("mirror", folder(at))], q8);
      expect(files).toMatchObject({ tokenizer: TOKENIZER, weights: WEIGHTS, weightsDigest: { bytes: 4 } });
    },
  );

  test("asks the sources in order and goes on past one that lacks the file or is out of order", async () => {
    const broken: ModelSource = { name: "broken", read: () => Promise.reject(new Error("disk gone")) };
    const later = sourceOf("later", folder("all-MiniLM-L6-v2"));
    const unasked = sourceOf("unasked", folder("all-MiniLM-L6-v2"));
    await openModelFiles([sourceOf("empty", {}), broken, later, unasked], q8);
    expect(unasked.asked).toEqual([]);
  });

  test("a file with wrong bytes is refused and the next source is asked", async () => {
    const refuse = vi.fn(async () => {});
    const poisoned = { ...sourceOf("store", folder("all-MiniLM-L6-v2", Uint8Array.of(9))), refuse };
    const files = await openModelFiles([poisoned, sourceOf("hub", folder("all-MiniLM-L6-v2"))], q8);
    expect(files.weights).toEqual(WEIGHTS);
    expect(refuse).toHaveBeenCalledExactlyOnceWith("all-MiniLM-L6-v2/onnx/model_quantized.onnx");
  });

  test("wrong bytes everywhere are bad-model, naming source, got and expected", async () => {
    const opening = openModelFiles([sourceOf("mirror", folder("all-MiniLM-L6-v2", Uint8Array.of(9)))], q8);
    await expect(opening).rejects.toMatchObject({
      code: "bad-model",
      got: expect.stringMatching(/mirror with SHA-256 [0-9a-f]{64} \(1 bytes\)/),
      expected: expect.stringContaining(bytesToHex(sha256(WEIGHTS))),
    });
  });

  test("if no source has a file the error is model-unavailable, with the answer of each", async () => {
    const broken: ModelSource = { name: "hub", read: () => Promise.reject(new Error("offline")) };
    const opening = openModelFiles([sourceOf("mirror", {}), broken], q8);
    await expect(opening).rejects.toMatchObject({
      code: "model-unavailable",
      got: "tokenizer.json from no source: mirror (not there); hub (offline)",
    });
  });

  test("a variant the model lacks is model-unavailable", async () => {
    await expect(openModelFiles([], { spec, variant: "fp32" })).rejects.toMatchObject({ code: "model-unavailable" });
  });

  test("a model whose files name no digest is taken as it is", async () => {
    const bare = { ...spec, tokenizer: { path: "tokenizer.json", accepts: [] } };
    const held = { ...folder("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2/tokenizer.json": Uint8Array.of(8) };
    const files = await openModelFiles([sourceOf("mirror", held)], { spec: bare, variant: "q8" });
    expect(files.tokenizer).toEqual(Uint8Array.of(8));
  });

  test("progress names file and source and knows the size from the registry", async () => {
    const onProgress = vi.fn();
    await openModelFiles([sourceOf("mirror", folder("all-MiniLM-L6-v2"))], q8, { onProgress });
    expect(onProgress).toHaveBeenLastCalledWith({
      file: "onnx/model_quantized.onnx",
      source: "mirror",
      bytesDone: 4,
      bytesTotal: 4,
    });
  });

  test("an abort stops the search", async () => {
    const controller = new AbortController();
    const source: ModelSource = {
      name: "slow",
      async read() {
        controller.abort();
        throw new Error("connection ended");
      },
    };
    const next = sourceOf("next", folder("all-MiniLM-L6-v2"));
    const opening = openModelFiles([source, next], q8, { signal: controller.signal });
    await expect(opening).rejects.toMatchObject({ code: "aborted" });
    expect(next.asked).toEqual([]);
  });
});

describe("reading over HTTP", () => {
  const read = (response: Response, onProgress = vi.fn()) =>
    httpSource("hub", "https://models.test/", async () => response as ResponseLike).read("a/b", { onProgress });

  test("streams with progress against the announced length", async () => {
    const onProgress = vi.fn();
    const response = new Response(WEIGHTS, { headers: { "content-length": "4" } });
    expect(await read(response, onProgress)).toEqual(WEIGHTS);
    expect(onProgress).toHaveBeenLastCalledWith(4, 4);
  });

  test("does not believe the length of a compressed body", async () => {
    const onProgress = vi.fn();
    await read(new Response(WEIGHTS, { headers: { "content-length": "2", "content-encoding": "gzip" } }), onProgress);
    expect(onProgress).toHaveBeenLastCalledWith(4, undefined);
  });

  test("does not read on beyond the file, whether its length was announced or not", async () => {
    for (const headers of [{}, { "content-length": "1000000" }]) {
      let sent = 0;
      let cancelled = false;
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(++sent)),
        cancel() {
          cancelled = true;
        },
      });
      const answers: ResponseLike[] = [new Response(TOKENIZER), new Response(endless, { headers })];
      const source = httpSource(
        "hub",
        "https://models.test",
        async () => answers.shift() ?? new Response("", { status: 404 }),
      );
      await expect(openModelFiles([source], q8)).rejects.toMatchObject({
        code: "bad-model",
        got: expect.stringContaining("more than 4 bytes"),
      });
      expect(sent).toBeLessThan(3);
      expect(cancelled).toBe(true);
    }
  });

  test.each([401, 404, 410])("status %i means the file is not there", async (status) => {
    expect(await read(new Response("no", { status }))).toBeUndefined();
  });

  test("an app's page in place of the file means it is not there", async () => {
    const page = new Response("<!doctype html>", { headers: { "content-type": "text/html; charset=utf-8" } });
    expect(await read(page)).toBeUndefined();
  });

  test("another failure rejects, saying the status", async () => {
    await expect(read(new Response("down", { status: 503 }))).rejects.toThrow("HTTP 503 for a/b");
  });
});
