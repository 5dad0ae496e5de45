import {
  goldenPictures,
  type LoadProgress,
  type ModelSource,
  type OnnxRuntime,
  onnxPictureProvider,
  provenEmbedder,
} from "@pipit/core";
import * as onnxruntime from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { drawnClip } from "../fixtures/clip-drawn.ts";

const clip = drawnClip();
const pieces = goldenPictures();
let golden: { readonly pieces: typeof pieces; readonly vectors: Float32Array };

beforeAll(async () => {
  const model = await clip.onnx();
  golden = { pieces, vectors: await model.run(pieces, new AbortController().signal) };
  await model.close();
});

const source: ModelSource = {
  name: "memory",
  read: async (path) => (path === "clip-drawn/onnx/vision_model.onnx" ? clip.weights : undefined),
};

/** Changes the vectors of a run, row by row of this width. */
type Damage = (vectors: Float32Array, width: number) => void;

/** ONNX Runtime whose vectors are damaged. */
function damaged(damage: Damage): OnnxRuntime {
  const { InferenceSession } = onnxruntime;
  return {
    ...onnxruntime,
    InferenceSession: {
      async create(...given: Parameters<typeof InferenceSession.create>) {
        const session = await InferenceSession.create(...given);
        return {
          inputNames: session.inputNames,
          outputNames: session.outputNames,
          release: () => session.release(),
          async run(...feeds: Parameters<typeof session.run>) {
            const outputs = await session.run(...feeds);
            const { data, dims } = outputs.image_embeds!;
            damage(data as Float32Array, dims[1]!);
            return outputs;
          },
        };
      },
    },
  } as unknown as OnnxRuntime;
}

const provider = (name: string, runtime: OnnxRuntime = onnxruntime as unknown as OnnxRuntime, whyNot?: string) =>
  onnxPictureProvider({
    ...{ name, backend: "cpu", spec: clip.spec, variant: "fp32", sources: [source] },
    runtime: async () => runtime,
    whyNot: async () => whyNot,
  });

describe("an encoder of pictures", () => {
  test("is used where it reproduces its golden vectors, and says so", async () => {
    const stages: LoadProgress["stage"][] = [];
    const encoder = { providers: [provider("gpu", undefined, "no adapter"), provider("cpu")], golden };
    const { embedder, why } = await provenEmbedder([encoder], { onProgress: ({ stage }) => stages.push(stage) });
    expect(why).toMatch(/^clip-drawn-fp32 proven on cpu: least cosine to fp32 1\.0+.*\(gpu: no adapter\)$/);
    expect(embedder.reads).toEqual(["picture"]);
    expect(await embedder.embed([pieces[1]!])).toEqual(golden.vectors.slice(24, 48));
    expect(stages).toEqual(expect.arrayContaining(["prove"]));
    await embedder.close();
  });

  test.each<[string, Damage]>([
    ["zeros", (vectors) => vectors.fill(0)],
    ["numbers beyond fp16", (vectors) => vectors.fill(Number.POSITIVE_INFINITY)],
    ["NaN", (vectors) => vectors.fill(Number.NaN)],
    ["permuted values", (vectors) => vectors.reverse()],
    ["permuted rows", (vectors, width) => vectors.set([...vectors.slice(width), ...vectors.slice(0, width)])],
    ["noise", (vectors) => vectors.set(vectors.map((value, at) => value + 0.3 * Math.sin(at)))],
  ])("is refused where it computes %s, and the next provider is taken", async (_, damage) => {
    const { embedder, why } = await provenEmbedder([
      { providers: [provider("wrong", damaged(damage)), provider("right")], golden },
    ]);
    expect(why).toContain("(wrong: ");
    expect(await embedder.embed([pieces[0]!])).toEqual(golden.vectors.slice(0, 24));
    await embedder.close();
  });

  test("that is proven nowhere is not used, and the reasons are named", async () => {
    const providers = [
      provider("gpu", undefined, "no adapter"),
      provider(
        "wrong",
        damaged((vectors) => vectors.fill(0)),
      ),
    ];
    await expect(provenEmbedder([{ providers, golden }])).rejects.toMatchObject({
      code: "model-unavailable",
      got: expect.stringMatching(/^gpu: no adapter; wrong: /),
    });
    const missing = onnxPictureProvider({
      ...{ name: "missing", backend: "cpu", spec: clip.spec, variant: "q8", sources: [source] },
      runtime: async () => onnxruntime as unknown as OnnxRuntime,
    });
    await expect(provenEmbedder([{ providers: [missing], golden }])).rejects.toMatchObject({
      got: "missing: the model has no q8",
    });
  });

  test("is closed if another of its space is proven nowhere", async () => {
    let closed = 0;
    const counted = { ...provider("right") };
    const open = counted.open.bind(counted);
    counted.open = async (options) => {
      const model = await open(options);
      return {
        ...model,
        async close() {
          closed++;
          await model.close();
        },
      };
    };
    const none = { providers: [], golden };
    await expect(provenEmbedder([{ providers: [counted], golden }, none])).rejects.toMatchObject({
      got: "no provider",
    });
    expect(closed).toBe(1);
  });

  test("is not loaded on after an abort", async () => {
    const controller = new AbortController();
    controller.abort();
    const encoder = { providers: [provider("cpu")], golden };
    await expect(provenEmbedder([encoder], { signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});
