import { type DecoderFactory, emscriptenCodec } from "./emscripten-codec.ts";
import type { ModuleSource, PictureCodec } from "./raster.ts";

/** libwebp by @jsquash/webp. */
export function webpCodec(module: ModuleSource): PictureCodec {
  const script = async () => (await import("@jsquash/webp/codec/dec/webp_dec.js")) as { default: DecoderFactory };
  return emscriptenCodec({ script, module });
}
