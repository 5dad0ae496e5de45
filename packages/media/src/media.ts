export type { ModuleSource, Raster } from "./pictures/codecs/raster.ts";
export {
  type CodecModules,
  createPictureDecoder,
  type DecodedPicture,
  type DecodeOptions,
  type ForeignDecoder,
  MOST_PIXELS,
  type PictureDecoder,
  type PictureDecoderParts,
} from "./pictures/picture-decoder.ts";
export { type ForeignFormat, formatOf, type PictureFormat } from "./pictures/picture-format.ts";
export { createPicturePreparer } from "./pictures/picture-preparer.ts";
