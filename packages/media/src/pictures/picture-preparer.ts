import { type MediumPreparer, picturePiece } from "@pipit/core";
import type { DecodeOptions, PictureDecoder } from "./picture-decoder.ts";
import { formatOf } from "./picture-format.ts";

/** Media types that are not named for their format. */
const TYPES: Readonly<Record<string, string>> = { ico: "image/x-icon", svg: "image/svg+xml" };

/** Makes a piece of each picture that the decoder knows. */
export function createPicturePreparer(
  decoder: PictureDecoder,
  { maxPixels }: Pick<DecodeOptions, "maxPixels"> = {},
): MediumPreparer {
  return {
    modality: "picture",
    typeOf(file) {
      const format = formatOf(file);
      return format && (TYPES[format] ?? `image/${format}`);
    },
    async *pieces(file, { digest, signal }) {
      const { width, height, pixels } = await decoder.decode(file, { maxPixels, signal });
      yield { piece: picturePiece({ width, height, pixels }, digest), locus: { modality: "picture", medium: 0 } };
    },
  };
}
