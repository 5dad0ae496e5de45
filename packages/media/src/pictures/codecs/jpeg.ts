import { type DecoderFactory, emscriptenCodec } from "./emscripten-codec.ts";
import type { ModuleSource, PictureCodec } from "./raster.ts";

/** MozJPEG fills the missing rows of a picture that was cut off with grey and says so in a message only. */
const CUT_OFF = /premature end of jpeg file/i;

/** MozJPEG by @jsquash/jpeg. It turns nothing. */
export function jpegCodec(module: ModuleSource): PictureCodec {
  const script = async () => (await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js")) as { default: DecoderFactory };
  return emscriptenCodec({ script, module, options: [false], refuses: CUT_OFF });
}
