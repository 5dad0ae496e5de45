import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { describe, expect, test } from "vitest";
import type { TokenEncoder } from "../embed/kernel-model.ts";
import { PipitError, throwIfAborted } from "../errors.ts";
import type { ModelSource } from "../models/sources.ts";
import type { TextModelSpec } from "../models/text-model.ts";
import { assertProjects } from "../tokens/token-projection.ts";
import { findPacked, isPackable, type KeptFile, type Packer, weightsToPack } from "./find-packed.ts";
import { type KernelProviderOptions, kernelProvider } from "./kernel-provider.ts";
import type { LoadProgress } from "./provider.ts";

const PRODUCER = { name: "kernel", fidelity: { mean: 0.99, min: 0.98 } };
const { spec: twin, files } = await minilmTwin();
const spec: TextModelSpec = {
  ...twin,
  variants: {
    fp32: { ...twin.variants.fp32!, packedAs: PRODUCER },
    packed: { weights: { path: "pipit/encoder.pipit", accepts: [] }, producer: PRODUCER, sharing: "any" },
  },
};

const bytesOf = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const SERVED = bytesOf("packed and served");
const KEPT = bytesOf("packed and kept");
const TORN = bytesOf("torn");

/** Files by path in the model's folder, and the paths that were read. */
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
  const held = { bytes, drops: 0, name: "" };
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

/** "Packs" into a text that names the packed file, in two layers. */
const packer: Packer = {
  version: 7,
  async pack(weights, { producer }, { signal, onProgress }) {
    for (const layer of [1, 2]) {
      throwIfAborted(signal);
      onProgress?.(layer, 2);
    }
    return bytesOf(`packed ${textOf(weights)} as ${producer.name}`);
  },
};

let closed = 0;

/** "Opens" a packed file. Its producer's name is the text of the file. */
async function open(packed: Uint8Array): Promise<TokenEncoder> {
  const text = textOf(packed)!;
  if (!text.startsWith("packed"))
    throw new PipitError("bad-model", { got: text, expected: "packed bytes", do: "Pack." });
  return {
    about: { space: spec.space, producer: { ...PRODUCER, name: text } },
    encodeTokens: async (rows) => new Float32Array(rows.length * spec.space.dimensions),
    close: () => void closed++,
  };
}

interface Case {
  readonly stored?: Readonly<Record<string, Uint8Array>>;
  readonly file?: ReturnType<typeof memoryFile>;
  /** Default: true. */
  readonly packs?: boolean;
  readonly signal?: AbortSignal;
  readonly onPacked?: (done: number, total: number) => void;
}

const OWN = { "onnx/model.onnx": bytesOf("weights") };

function packingInto({ held, kept }: ReturnType<typeof memoryFile>) {
  const keptAs = (name: string) => {
    held.name = name;
    return kept;
  };
  return { packer, kept: keptAs, from: ["q8", "fp32"] as const };
}

function find({ stored = {}, file = memoryFile(), packs = true, signal, onPacked }: Case) {
  const { source, read } = sourceOf(stored);
  const packing = packs ? packingInto(file) : undefined;
  const found = findPacked({ spec, sources: [source], reading: { signal }, open, packing, onPacked });
  return { found: found.then(({ about }) => about.producer.name), read };
}

describe("a model's encoder", () => {
  test("comes from the packed file of a source, and nothing else is read", async () => {
    const { found, read } = find({ stored: { "pipit/encoder.pipit": SERVED, ...OWN } });
    expect([await found, read]).toEqual([textOf(SERVED), ["pipit/encoder.pipit"]]);
  });

  test("is packed from the model's own weights if none is served, and kept under a name of space and packer", async () => {
    const file = memoryFile();
    const { found, read } = find({ stored: OWN, file });
    expect([await found, read]).toEqual(["packed weights as kernel", ["onnx/model.onnx"]]);
    expect([textOf(file.held.bytes), file.held.name]).toEqual(["packed weights as kernel", `${spec.space.id}-7.pipit`]);
  });

  test("that was kept needs no source", async () => {
    const { found, read } = find({ file: memoryFile(KEPT) });
    expect([await found, read]).toEqual([textOf(KEPT), []]);
  });

  test("that was kept and is torn is dropped and packed again", async () => {
    const file = memoryFile(TORN);
    expect(await find({ stored: OWN, file }).found).toBe("packed weights as kernel");
    expect([file.held.drops, textOf(file.held.bytes)]).toEqual([1, "packed weights as kernel"]);
  });

  test("whose served file is torn is packed from the model's own", async () => {
    const { found, read } = find({ stored: { "pipit/encoder.pipit": TORN, ...OWN } });
    expect([await found, read]).toEqual(["packed weights as kernel", ["pipit/encoder.pipit", "onnx/model.onnx"]]);
  });

  test("whose served file is torn fails with bad-model where nothing can be packed", async () => {
    const { found } = find({ stored: { "pipit/encoder.pipit": TORN, ...OWN }, packs: false });
    await expect(found).rejects.toMatchObject({ code: "bad-model" });
  });

  test("that no source has is model-unavailable, and the message names the sources", async () => {
    const { found } = find({});
    await expect(found).rejects.toMatchObject({ code: "model-unavailable" });
    await expect(found).rejects.toThrow("shelf");
  });

  test("is not packed without a packer", async () => {
    await expect(find({ stored: OWN, packs: false }).found).rejects.toMatchObject({ code: "model-unavailable" });
  });

  test("that is being packed can be aborted, and nothing is kept", async () => {
    const [file, controller] = [memoryFile(), new AbortController()];
    const onPacked = (done: number) => void (done === 1 && controller.abort());
    const { found } = find({ stored: OWN, file, signal: controller.signal, onPacked });
    await expect(found).rejects.toMatchObject({ code: "aborted" });
    expect(file.held.bytes).toBeUndefined();
  });
});

test("a model is packable if it has a packed file, or weights of a listed variant that can be packed", () => {
  const { fp32, packed } = spec.variants;
  const withOnly = (variants: TextModelSpec["variants"]) => ({ ...spec, variants });
  expect(isPackable(withOnly({ packed: packed! }))).toBe(true);
  expect(isPackable(withOnly({ fp32: fp32! }))).toBe(false);
  expect(isPackable(withOnly({ fp32: fp32! }), { from: ["fp32"] })).toBe(true);
  expect(isPackable(withOnly({ fp32: fp32! }), { from: ["q8"] })).toBe(false);
  expect(isPackable(twin, { from: ["fp32"] })).toBe(false);
});

test("weights to pack come with the producer that they pack to", async () => {
  const { source } = sourceOf(OWN);
  const weights = await weightsToPack({ spec, sources: [source] }, ["q8", "fp32"]);
  expect([textOf(weights.bytes), weights.producer]).toEqual(["weights", PRODUCER]);
});

describe("the provider of the encoder kernel", () => {
  const stored = { "tokenizer.json": files.tokenizer, ...OWN };
  const projection = twinProjection(spec.space, { width: spec.space.dimensions, dimensions: 16 });
  const providerOver = (there: Readonly<Record<string, Uint8Array>>, of = spec) =>
    kernelProvider({ spec: of, sources: [sourceOf(there).source], open, packing: packingInto(memoryFile()) });

  test("opens a model, and reports its download and its packing", async () => {
    const stages = new Set<LoadProgress["stage"]>();
    const onProgress = ({ stage }: LoadProgress) => void stages.add(stage);
    const { source } = sourceOf(stored);
    const loud: ModelSource = {
      ...source,
      read(path, options) {
        options.onProgress?.(1, 2);
        return source.read(path, options);
      },
    };
    const provider = kernelProvider({ spec, sources: [loud], open, packing: packingInto(memoryFile()) });
    const model = await provider.open({ onProgress });
    expect([model.producer.name, [...stages]]).toEqual(["packed weights as kernel", ["download", "pack"]]);
  });

  test("opens the packed file with the projection of token vectors, or without and says why", async () => {
    const given: unknown[] = [];
    const opening: KernelProviderOptions["open"] = (packed, options) => {
      given.push(options.projection);
      return open(packed);
    };
    const options = { spec, sources: [sourceOf(stored).source], open: opening, packing: packingInto(memoryFile()) };
    const gone = () => Promise.reject(new Error("no such file"));
    const models = [
      await kernelProvider({ ...options, projection: async () => projection }).open({}),
      await kernelProvider({ ...options, projection: gone }).open({}),
      await kernelProvider(options).open({}),
    ];
    expect(given).toEqual([projection, undefined, undefined]);
    expect(models.map(({ whyNoTokens }) => whyNoTokens)).toEqual([undefined, "no such file", undefined]);
  });

  test("does not take a projection that does not fit the model for a torn file", async () => {
    const file = memoryFile(KEPT);
    const strict: KernelProviderOptions["open"] = async (packed, options) => {
      if (options.projection) assertProjects(options.projection, { space: spec.space, width: spec.space.dimensions });
      return open(packed);
    };
    const wide = async () => twinProjection(spec.space, { width: 2 * spec.space.dimensions, dimensions: 16 });
    const options = { spec, sources: [sourceOf(stored).source], open: strict, packing: packingInto(file) };
    const model = await kernelProvider({ ...options, projection: wide }).open({});
    expect([model.producer.name, model.whyNoTokens]).toEqual([textOf(KEPT), expect.stringContaining("96 values")]);
    expect(file.held.drops).toBe(0);
  });

  test("says so if it does not know the model", async () => {
    expect(await providerOver(stored).whyNot?.()).toBeUndefined();
    expect(await providerOver(stored, twin).whyNot?.()).toBe("the encoder kernel does not know this model");
  });

  test("closes an encoder whose tokenizer cannot be read", async () => {
    closed = 0;
    const opening = providerOver({ ...stored, "tokenizer.json": TORN }).open({});
    await expect(opening).rejects.toMatchObject({ code: "bad-model" });
    expect(closed).toBe(1);
  });
});
