import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Piece } from "../ports/embedder.ts";

/** The inputs besides the piece that decide a vector's bits. */
export interface KeyScope {
  readonly space: string;
  readonly producer: string;
  /** Empty unless devices that compute different last bits share one store. */
  readonly device: string;
}

/**
 * SHA-256 (hex) over scope, modality and input. Every part is preceded by its length, so that no two inputs can spell the
 * same bytes, and is hashed as UTF-16 code units, because UTF-8 turns all lone surrogates into one character.
 */
export function cacheKey(scope: KeyScope, piece: Piece): string {
  const hash = sha256.create();
  for (const part of [scope.space, scope.producer, scope.device, piece.modality, piece.text]) {
    hash.update(prefixed(part));
  }
  return bytesToHex(hash.digest());
}

function prefixed(part: string): Uint8Array {
  const bytes = new Uint8Array(4 + 2 * part.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, part.length, true);
  for (let i = 0; i < part.length; i++) view.setUint16(4 + 2 * i, part.charCodeAt(i), true);
  return bytes;
}
