const PIECE_BYTES = 1 << 16;

/**
 * A body through one buffer again and again: a piece is good until the next is asked for. Pieces of their own would lie about
 * as garbage, as much as the model.
 */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(PIECE_BYTES);
  try {
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      yield value;
      buffer = value.buffer;
    }
  } finally {
    // A caller that stops early, for example at a damaged piece, needs no more of it.
    await reader.cancel().catch(() => undefined);
  }
}
