const PIECE_BYTES = 1 << 16;

/**
 * Reads a body through one reused buffer: a piece is valid until the next is requested. With a buffer per piece, garbage as large as
 * the model would remain in memory.
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
    // A caller may stop early, for example at a damaged piece; then the rest of the body is not needed.
    await reader.cancel().catch(() => undefined);
  }
}
