import { createStarterLoader, laterEmbedder, openOnnxRuntime, serveTab } from "@pipit/browser/host";
import { createLane, createOnnxPictureModel, createOnnxTextModel, joinEmbedders, MINILM_SPACE } from "@pipit/core";
import { createPicturePreparer } from "@pipit/media";
import { openPictureDecoder } from "@pipit/media/web";
import { loadIndex } from "@pipit/wasm/web";
import { STAND_IN_PICTURES, STAND_IN_SPACE, STAND_IN_TEXTS } from "../../../fixtures/stand-in-model.ts";

const fetched = async (path: string) => new Uint8Array(await (await fetch(new URL(path, location.href))).arrayBuffer());

/** A small pair of encoders that really relates words and photos. */
const pictures = laterEmbedder(
  {
    space: STAND_IN_SPACE.space,
    producer: { name: "stand-in", fidelity: { mean: 1, min: 0.9999 } },
    reads: ["text", "picture"],
  },
  async () => {
    const runtime = await openOnnxRuntime("wasm", new URL("/ort/", location.href).href);
    const [tokenizer, texts, photos] = await Promise.all([
      fetched("/models/potion-base-2M/tokenizer.json"),
      fetched("/models/stand-in-image-text/text_model.onnx"),
      fetched("/models/stand-in-image-text/vision_model.onnx"),
    ]);
    const session = { executionProviders: ["wasm"] } as const;
    const options = { runtime, variant: "fp32", session } as const;
    return joinEmbedders([
      createLane(await createOnnxTextModel({ ...options, spec: STAND_IN_TEXTS, files: { tokenizer, weights: texts } })),
      createLane(await createOnnxPictureModel({ ...options, spec: STAND_IN_PICTURES, weights: photos })),
    ]);
  },
);

serveTab({
  first: createStarterLoader(MINILM_SPACE),
  better: async () => ({ none: "this worker has one model of texts" }),
  index: () => loadIndex(),
  media: {
    further: [STAND_IN_SPACE],
    readers: { preparers: [createPicturePreparer(openPictureDecoder())], embedders: [pictures] },
  },
});
