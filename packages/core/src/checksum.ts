import { Slices } from "./let-others-run.ts";

const PART_BYTES = 256 * 1024;

/** FNV-1a over bytes. It detects a torn snapshot; it does not protect against forgery. */
export function checksum(bytes: Uint8Array): number {
  const sum = new Checksum();
  sum.add(bytes);
  return sum.value;
}

/** The same checksum over bytes that arrive in pieces. */
export class Checksum {
  #hash = 0x811c9dc5;

  get value(): number {
    return this.#hash >>> 0;
  }

  add(bytes: Uint8Array): void {
    let hash = this.#hash;
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#hash = hash;
  }
}

/** The checksum over all pieces. It yields to the event loop. */
export async function checksumOfPieces(pieces: Iterable<Uint8Array>): Promise<number> {
  const slices = new Slices();
  const sum = new Checksum();
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PART_BYTES) {
      sum.add(piece.subarray(at, at + PART_BYTES));
      await slices.pause();
    }
  }
  return sum.value;
}
