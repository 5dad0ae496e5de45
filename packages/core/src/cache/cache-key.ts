import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { contentOf } from "../pieces.ts";
import type { Piece, TokenForm } from "../ports/embedder.ts";

/** The inputs besides the piece that decide the bits of a vector, and of token vectors. */
export interface KeyScope {
  readonly space: string;
  readonly producer: string;
  /** Empty unless devices that compute different last bits share one store. */
  readonly device: string;
  /** Missing where only the vector is kept. */
  readonly tokens?: { readonly form: TokenForm; readonly space: string };
}

/**
 * SHA-256 (hex) over scope, modality and input, then form and space of the tokens if there are any. Every part is preceded by its length, so that no two inputs can spell the
 * same bytes, and is hashed as UTF-16 code units, because UTF-8 turns all lone surrogates into one character.
 */
export function cacheKey(scope: KeyScope, piece: Piece): string {
  const { space, producer, device, tokens } = scope;
  const hash = sha256.create();
  const ofTokens = tokens ? [tokens.form, tokens.space] : [];
  for (const part of [space, producer, device, piece.modality, contentOf(piece), ...ofTokens])
    hash.update(prefixed(part));
  return bytesToHex(hash.digest());
}

function prefixed(part: string): Uint8Array {
  const bytes = new Uint8Array(4 + 2 * part.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, part.length, true);
  for (let i = 0; i < part.length; i++) view.setUint16(4 + 2 * i, part.charCodeAt(i), true);
  return bytes;
}
