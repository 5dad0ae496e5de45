import { browserDecoder } from "./browser-decoder.ts";
import type { ModuleSource } from "./pictures/codecs/raster.ts";
import { createPictureDecoder, type PictureDecoder } from "./pictures/picture-decoder.ts";

// Bundlers find and replace exactly these expressions.
const JPEG = new URL("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", import.meta.url);
const PNG = new URL("@jsquash/png/codec/pkg/squoosh_png_bg.wasm", import.meta.url);
const WEBP = new URL("@jsquash/webp/codec/dec/webp_dec.wasm", import.meta.url);

/** The decoder of pictures of this tab or worker. It fetches a codec with the first picture of its format. */
export function openPictureDecoder(): PictureDecoder {
  return createPictureDecoder({
    modules: { jpeg: fetched(JPEG), png: fetched(PNG), webp: fetched(WEBP) },
    foreign: browserDecoder,
  });
}

function fetched(url: URL): ModuleSource {
  let loading: Promise<WebAssembly.Module> | undefined;
  return () => {
    loading ??= load(url).catch((cause) => {
      loading = undefined;
      throw cause;
    });
    return loading;
  };
}

async function load(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  // Streaming compilation requires a content type that not every static host sends.
  const isTyped = response.headers.get("content-type")?.startsWith("application/wasm");
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
