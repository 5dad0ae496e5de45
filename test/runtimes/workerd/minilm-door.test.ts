import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { MINILM, MINILM_MODEL, textPiece } from "@pipit/core";
import worker from "@pipit/edge/cloudflare";
import { keyOf, openStored, type WorkerBindings } from "@pipit/edge/worker";
import maddubs from "@pipit/wasm/encoder-maddubs.wasm";
import { beforeAll, describe, expect, inject, test } from "vitest";
import type {} from "../../fixtures/encoder-context.ts";
import { bitsOf } from "../../fixtures/encoder-walk-through.ts";

const ask = (path: string) => fetch(`${inject("encoderFiles")}/${path}`);

interface Answer {
  readonly producer: string;
  readonly data: readonly { readonly embedding: string }[];
}

describe.skipIf(!inject("hasMinilm"))("a Worker whose bucket holds a packed MiniLM", () => {
  let texts: string[];
  let onNode: string[];

  beforeAll(async () => {
    await env.MODELS.put(keyOf(MINILM, MINILM.tokenizer.path), await (await ask("minilm-tokenizer")).arrayBuffer());
    await env.MODELS.put(
      keyOf(MINILM, MINILM.variants.packed!.weights.path),
      await (await ask("minilm")).arrayBuffer(),
    );
    const all: string[] = await (await ask("minilm-texts")).json();
    const vectors: string[] = await (await ask("minilm-vectors")).json();
    // The route refuses an empty text.
    texts = all.filter((text) => text !== "");
    onNode = vectors.filter((_, i) => all[i] !== "");
  });

  test("answers /v1/embeddings with MiniLM itself, and with Node's bits", async () => {
    const body = JSON.stringify({ model: MINILM.space.name, input: texts, encoding_format: "base64" });
    const headers = { "content-type": "application/json", authorization: `Bearer ${env.PIPIT_KEY}` };
    const request = new Request("http://pipit.test/v1/embeddings", { method: "POST", headers, body });
    const response = await worker.fetch(request, env, createExecutionContext());
    expect(response.status).toBe(200);
    const { producer, data } = (await response.json()) as Answer;
    expect(producer).toBe("minilm-kernel");
    expect(data.flatMap(({ embedding }) => bitsOf(decoded(embedding), { about: { space: MINILM.space } }))).toEqual(
      onNode,
    );
  });

  test("reads it as well from KV, whose values do not tell their length", async () => {
    const MODELS_KV: WorkerBindings["MODELS_KV"] = {
      get: async (key) => (await env.MODELS.get(key))?.body ?? null,
    };
    const { model } = await openStored(MINILM_MODEL, { module: maddubs, env: { MODELS_KV } });
    const vectors = await model.run(texts.slice(0, 3).map(textPiece), new AbortController().signal);
    expect(bitsOf(vectors, { about: { space: MINILM.space } })).toEqual(onNode.slice(0, 3));
  });

  test("refuses a packed file that is torn", async () => {
    const whole = await (await env.MODELS.get(keyOf(MINILM, "pipit/encoder.pipit")))!.arrayBuffer();
    const torn: WorkerBindings["MODELS"] = {
      get: async (key) => env.MODELS.get(key.endsWith(".pipit") ? "torn" : key),
      put: async () => undefined,
      delete: async () => undefined,
    };
    await env.MODELS.put("torn", whole.slice(0, 5_000_000));
    await expect(openStored(MINILM_MODEL, { module: maddubs, env: { MODELS: torn } })).rejects.toMatchObject({
      code: "bad-model",
    });
  });
});

function decoded(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);
}
