/// <reference types="node" />
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { ModuleSource } from "./pictures/codecs/raster.ts";
import { createPictureDecoder, type PictureDecoder } from "./pictures/picture-decoder.ts";

/** The decoder of pictures on Node. */
export function openPictureDecoder(): PictureDecoder {
  return createPictureDecoder({
    modules: {
      jpeg: installed("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"),
      png: installed("@jsquash/png/codec/pkg/squoosh_png_bg.wasm"),
      webp: installed("@jsquash/webp/codec/dec/webp_dec.wasm"),
    },
  });
}

const { resolve } = createRequire(import.meta.url);

function installed(name: string): ModuleSource {
  let compiling: Promise<WebAssembly.Module> | undefined;
  return () => {
    compiling ??= compiled(name).catch((cause) => {
      compiling = undefined;
      throw cause;
    });
    return compiling;
  };
}

async function compiled(name: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolve(name)));
}
