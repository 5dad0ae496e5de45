import { importOutside } from "../rivals/outside.ts";

interface RawImage {
  readonly width: number;
}

type Pipeline = ((image: RawImage) => Promise<{ data: Float32Array }>) & {
  readonly processor: (image: RawImage) => Promise<unknown>;
};

interface Transformers {
  readonly env: { allowRemoteModels: boolean; localModelPath: string };
  readonly RawImage: { fromBlob(blob: Blob): Promise<RawImage> };
  pipeline(task: "image-feature-extraction", model: string, options: object): Promise<Pipeline>;
}

/** transformers.js on Node, which decodes with sharp and computes on onnxruntime-node, by steps. */
export interface RivalPictures {
  decode(file: Uint8Array): Promise<RawImage>;
  prepare(image: RawImage): Promise<unknown>;
  /** Prepares and computes. */
  embed(image: RawImage): Promise<Float32Array>;
}

export async function openRival(folder: string, name: string): Promise<RivalPictures> {
  const { env, RawImage, pipeline } = await importOutside<Transformers>("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = `${folder}/`;
  const extract = await pipeline("image-feature-extraction", name, {
    dtype: "q8",
    device: "cpu",
    session_options: { intraOpNumThreads: 1 },
  });
  return {
    decode: (file) => RawImage.fromBlob(new Blob([file as Uint8Array<ArrayBuffer>])),
    prepare: (image) => extract.processor(image),
    embed: async (image) => (await extract(image)).data,
  };
}
