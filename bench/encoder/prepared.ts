import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assetPath, assets } from "@pipit/test/fixtures/assets";
import type { EncoderBuild } from "@pipit/wasm";
import type { Log } from "../bench.ts";
import type { EngineName, ModelFiles } from "./engine.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import type { ToPack } from "./pack-file.ts";
import { type Answers, withEngine } from "./start-engine.ts";

interface Models {
  /** MiniLM packed from its fp32 weights, and from the hub's q8 weights. */
  readonly minilm: ModelFiles & Required<Pick<ModelFiles, "fp32" | "tokenizer">>;
  readonly fromQ8: ModelFiles;
  readonly clipText: ModelFiles;
  readonly clipPicture: ModelFiles;
}

/** The models, inputs and figures of the machine that all parts of the bench need. */
export interface Prepared extends Models {
  readonly inputs: Inputs;
  /** The number of texts for a quick run; without it each part has its own number. */
  readonly count: number | undefined;
  /** The build that the probe finds fastest here, and the measured microseconds of its product per build. */
  readonly probe: Answers["probe"];
  readonly picked: EngineName;
  /** Whether this machine's engine has the dot instruction: only then is `relaxed` the fastest build. */
  readonly dot: "there" | "missing";
}

export const ENCODER_BUILDS: readonly EncoderBuild[] = ["maddubs", "relaxed", "simd"];

/** Packs all models, two at a time, in a folder that is deleted afterwards. */
export async function whenPrepared<Result>(
  { count, log }: { readonly count?: number | undefined; readonly log: Log },
  work: (prepared: Prepared) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-encoder-"));
  try {
    const models = modelsIn(folder);
    log("packing MiniLM from fp32 and from q8, and CLIP's seeded towers");
    await packAll(models);
    const probe = await withEngine((running) => running.do({ do: "probe" }));
    const inputs = readInputs(`${assets}/text`, models.minilm.tokenizer);
    const dot = probe.build === "relaxed" ? "there" : "missing";
    return await work({ ...models, inputs, probe, picked: `kernel-${probe.build}`, dot, count });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function modelsIn(folder: string) {
  const model = assetPath("models/all-MiniLM-L6-v2");
  if (!assets || !model)
    throw new Error("got no assets, expected MiniLM and texts. Name their folder in PIPIT_ASSETS.");
  const minilm = {
    kind: "minilm",
    packed: `${folder}/minilm`,
    fp32: `${model}/onnx/model.onnx`,
    q8: `${model}/onnx/model_quantized.onnx`,
    tokenizer: `${model}/tokenizer.json`,
  } as const;
  return {
    minilm,
    fromQ8: { ...minilm, packed: `${folder}/minilm-q8` },
    clipText: { kind: "clip-text", packed: `${folder}/clip-text`, q8: `${folder}/clip-text.onnx` },
    clipPicture: { kind: "clip-picture", packed: `${folder}/clip-picture`, q8: `${folder}/clip-picture.onnx` },
  } as const;
}

async function packAll({ minilm, fromQ8, clipText, clipPicture }: Models): Promise<void> {
  const left: ToPack[] = [
    { kind: "clip-picture", from: clipPicture.q8, to: clipPicture.packed },
    { kind: "clip-text", from: clipText.q8, to: clipText.packed },
    { kind: "minilm", from: minilm.fp32, to: minilm.packed },
    { kind: "minilm", from: fromQ8.q8, to: fromQ8.packed },
  ];
  const lane = async () => {
    for (let model = left.shift(); model; model = left.shift()) {
      const job = { do: "pack", ...model } as const;
      await withEngine((running) => running.do(job));
    }
  };
  await Promise.all([lane(), lane()]);
}
