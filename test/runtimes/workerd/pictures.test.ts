import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm";
import png from "@jsquash/png/codec/pkg/squoosh_png_bg.wasm";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm";
import { createPictureDecoder } from "@pipit/media";
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
