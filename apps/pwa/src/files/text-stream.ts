/** A file that calls itself text and is not. The message says why, for people. */
export class NotTextError extends Error {
  override readonly name = "NotTextError";
}

const SNIFFED_BYTES = 64 * 1024;

/**
 * The text of a file in chunks, so that a file larger than memory can be read. Knows UTF-8, UTF-16 with its mark, and takes
 * what is neither for windows-1252, the legacy of the web. Fails with `NotTextError` when the first bytes are no text.
 */
export async function* textStream(file: Blob): AsyncGenerator<string> {
  const head = new Uint8Array(await file.slice(0, SNIFFED_BYTES).arrayBuffer());
  const decoder = new TextDecoder(encodingOf(head, file.size));
  const reader = file.stream().getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      yield decoder.decode(chunk.value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    await reader.cancel();
  }
}

/** Name of the encoding, for TextDecoder. `head` is the start of a file of so many bytes, cut anywhere. */
export function encodingOf(head: Uint8Array, fileBytes: number): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head.includes(0)) throw new NotTextError("binary content, though its name says text");
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: head.length < fileBytes });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}
