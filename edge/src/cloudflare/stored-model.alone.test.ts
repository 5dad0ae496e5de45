import { type BatchModel, MINILM, MINILM_MODEL, MINILM_SPACE } from "@pipit/core";
import { expect, test, vi } from "vitest";
import type { WorkerBindings } from "./cloudflare-bindings.ts";
import { keyOf, openStored, storedModel } from "./stored-model.ts";

/** A model of MiniLM's space that returns the same unit vector for every text. */
const wrong: BatchModel = {
  space: MINILM_SPACE,
  producer: MINILM.variants.packed!.producer,
  modality: "text",
  window: { limit: 254, count: (text) => text.length },
  batchShape: { maxTokens: 4096, maxRows: 8 },
  cost: () => 1,
  run: async (texts) => Float32Array.from({ length: 384 * texts.length }, (_, i) => Number(i % 384 === 0)),
  close: async () => undefined,
};

vi.mock("@pipit/wasm", () => ({ openEncoder: async () => ({}) }));
vi.mock("@pipit/core", async (original) => ({
  ...(await original<typeof import("@pipit/core")>()),
  createKernelTextModel: () => wrong,
}));

const module = {} as WebAssembly.Module;
const stored = (keys: readonly string[]) =>
  ({
    MODELS_KV: { get: async (key: string) => (keys.includes(key) ? new Blob(["file"]).stream() : null) },
  }) as unknown as Pick<WorkerBindings, "MODELS" | "MODELS_KV">;

const FILES = [MINILM.tokenizer.path, MINILM.variants.packed!.weights.path].map((path) => keyOf(MINILM, path));

test("a stored model whose vectors are not MiniLM's is refused", async () => {
  await expect(openStored(MINILM_MODEL, { module, env: stored(FILES) })).rejects.toMatchObject({
    code: "numbers-not-proven",
  });
});

test.each(FILES)("without %s the model is unavailable, and the key is named", async (missing) => {
  const others = FILES.filter((file) => file !== missing);
  const opening = openStored(MINILM_MODEL, { module, env: stored(others) });
  await expect(opening).rejects.toMatchObject({ code: "model-unavailable", got: `no ${missing} in R2 or KV` });
});

test("a Worker says why it has no model, and whether one is missing or failed", async () => {
  expect(await storedModel(MINILM_MODEL, { module, env: {} as never })).toEqual({
    state: "absent",
    why: "neither MODELS nor MODELS_KV is bound",
  });
  expect(await storedModel(MINILM_MODEL, { module, env: stored([]) })).toMatchObject({
    state: "absent",
    why: expect.stringContaining(FILES[0]!),
  });
  expect(await storedModel(MINILM_MODEL, { module, env: stored(FILES) })).toMatchObject({ state: "failed" });
});
