import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { PicturePiece } from "../../ports/embedder.ts";
import type { Picture } from "../../ports/picture.ts";

/**
 * A picture as input of an embedder. `digest` is that of its file, if the picture was decoded from one: decoders give a file the same pixels
 * everywhere. Without it the pixels are hashed, a second for some fifty megapixels.
 */
export function picturePiece(picture: Picture, digest: string = digestOf(picture)): PicturePiece {
  return { modality: "picture", picture, digest };
}

function digestOf({ width, height, pixels }: Picture): string {
  const size = new DataView(new ArrayBuffer(8));
  size.setUint32(0, width, true);
  size.setUint32(4, height, true);
  return bytesToHex(sha256.create().update(new Uint8Array(size.buffer)).update(pixels).digest());
}
