import { isPipitError, type ModelSource, type TextModelSpec } from "@pipit/core";
import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { packedTwin, TWIN_PRODUCER, TWIN_RECIPE } from "@pipit/test/fixtures/packed-twin";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../node.ts";
import { openEncoder } from "./encoder.ts";
import { findEncoder, type KeptFile, type Packing } from "./find-encoder.ts";

const module = await loadBuild("simd", "encoder");
const packed = await packedTwin();
const { spec: twin, files } = await minilmTwin();
const spec: TextModelSpec = {
  ...twin,
  variants: {
    fp32: { ...twin.variants.fp32!, packedAs: TWIN_PRODUCER },
    packed: { weights: { path: "pipit/encoder.pipit", accepts: [] }, producer: TWIN_PRODUCER, sharing: "any" },
  },
};

/** Files by path in the model's folder, and which of them were asked for. */
function sourceOf(stored: Readonly<Record<string, Uint8Array>>) {
  const read: string[] = [];
  const source: ModelSource = {
    name: "shelf",
    async read(path) {
      const found = Object.keys(stored).find((name) => path === `minilm-twin/${name}`);
      if (found) read.push(found);
      return found ? stored[found] : undefined;
    },
  };
  return { source, read };
}

function memoryFile(bytes?: Uint8Array) {
  const held = { bytes, drops: 0 };
  const kept: KeptFile = {
    read: async () => held.bytes,
    write: async (written) => {
      held.bytes = written;
    },
    drop: async () => {
      held.bytes = undefined;
      held.drops++;
    },
  };
  return { held, kept };
}

interface Case {
  readonly stored?: Readonly<Record<string, Uint8Array>>;
  readonly kept?: KeptFile;
  /** Unless told. */
  readonly packs?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

function find({ stored = {}, kept = memoryFile().kept, packs = true, signal, onProgress }: Case) {
  const { source, read } = sourceOf(stored);
  const recipe = async () => TWIN_RECIPE;
  const packing: Packing = { recipe, module: async () => module, kept: () => kept, from: ["q8", "fp32"], onProgress };
  const open = (bytes: Uint8Array) => openEncoder(module, bytes);
  const found = findEncoder({ spec, sources: [source], reading: { signal }, open, ...(packs && { packing }) });
  return { found, read };
}

describe("a model's encoder", () => {
  test("comes from the packed file of a source, and nothing else is read", async () => {
    const { found, read } = find({ stored: { "pipit/encoder.pipit": packed, "onnx/model.onnx": files.weights } });
    expect((await found).about.producer).toEqual(TWIN_PRODUCER);
    expect(read).toEqual(["pipit/encoder.pipit"]);
  });

  test("is packed from the model's own file where none is served, and kept", async () => {
    const { held, kept } = memoryFile();
    const { found, read } = find({ stored: { "onnx/model.onnx": files.weights }, kept });
    expect((await found).about.space).toEqual(spec.space);
    expect(read).toEqual(["onnx/model.onnx"]);
    expect(Buffer.compare(held.bytes!, packed)).toBe(0);
  });

  test("that was kept needs no source", async () => {
    const { found, read } = find({ kept: memoryFile(packed).kept });
    expect((await found).about.producer).toEqual(TWIN_PRODUCER);
    expect(read).toEqual([]);
  });

  test("that was kept and is torn is dropped and packed again", async () => {
    const { held, kept } = memoryFile(packed.slice(0, 5000));
    await find({ stored: { "onnx/model.onnx": files.weights }, kept }).found;
    expect(held.drops).toBe(1);
    expect(Buffer.compare(held.bytes!, packed)).toBe(0);
  });

  test("whose served file is torn is packed from the model's own", async () => {
    const stored = { "pipit/encoder.pipit": packed.slice(0, 5000), "onnx/model.onnx": files.weights };
    const { found, read } = find({ stored });
    expect((await found).about.producer).toEqual(TWIN_PRODUCER);
    expect(read).toEqual(["pipit/encoder.pipit", "onnx/model.onnx"]);
  });

  test("that nobody has is model-unavailable, with the sources that were asked", async () => {
    const error = await find({}).found.catch((refusal: unknown) => refusal);
    expect(isPipitError(error, "model-unavailable")).toBe(true);
    expect((error as Error).message).toContain("shelf");
  });

  test("is not packed where nobody says how", async () => {
    const { found } = find({ stored: { "onnx/model.onnx": files.weights }, packs: false });
    await expect(found).rejects.toMatchObject({ code: "model-unavailable" });
  });

  test("that is being packed can be given up, and nothing is kept", async () => {
    const { held, kept } = memoryFile();
    const controller = new AbortController();
    const { found } = find({
      stored: { "onnx/model.onnx": files.weights },
      kept,
      signal: controller.signal,
      onProgress: (done) => done === 1 && controller.abort(),
    });
    await expect(found).rejects.toMatchObject({ code: "aborted" });
    expect(held.bytes).toBeUndefined();
  });
});
