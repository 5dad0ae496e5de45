import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import { createKernelPictureModel, goldenPictures } from "@pipit/core";
import { createPictureDecoder } from "@pipit/media";
import { openEncoder } from "@pipit/wasm";
import kernel from "@pipit/wasm/encoder-simd.wasm";
import { expect, inject, test } from "vitest";
import type {} from "../../fixtures/pictures/picture-context.ts";
import { pictureWalkThrough } from "../../fixtures/pictures/picture-walk-through.ts";

test("every picture has the pixels that it has on Node, and is refused as there", async () => {
  const onNode = inject("picturesOnNode");
  const modules = { jpeg: async () => jpeg, png: async () => png, webp: async () => webp };
  const decoder = createPictureDecoder({ modules });
  const files = onNode.map(async ({ name }, at) => {
    const response = await fetch(`${inject("pictureFiles")}/${at}`);
    return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
  });
  expect(onNode.length).toBeGreaterThan(10);
  expect(await pictureWalkThrough(decoder, await Promise.all(files))).toEqual(onNode);
});

test("an encoder of pictures on the kernel has Node's bits", async () => {
  const { spec, vectors } = inject("clipOnNode");
  const file = new Uint8Array(await (await fetch(`${inject("pictureFiles")}/packed`)).arrayBuffer());
  const model = createKernelPictureModel({ encoder: await openEncoder(kernel, file), spec });
  expect([...(await model.run(goldenPictures(), new AbortController().signal))]).toEqual(vectors);
});
