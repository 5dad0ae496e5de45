type Piece = Uint8Array<ArrayBufferLike>;

/** All pieces in one buffer that can be transferred to another thread. A single piece with a buffer of its own is returned as it is. */
export function joined(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first && pieces.length === 1 && ownsItsMemory(first)) return first;
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function ownsItsMemory(piece: Piece): piece is Uint8Array<ArrayBuffer> {
  return piece.buffer instanceof ArrayBuffer && piece.byteLength === piece.buffer.byteLength;
}
