import { type TextKind, textEncoding } from "./text-encoding.ts";

/**
 * The text of a file in chunks, so that a file larger than memory can be read. `onGuess` is called if its encoding is guessed. Fails as
 * `textEncoding` does.
 */
export async function* textStream(file: Blob, kind: TextKind, onGuess?: () => void): AsyncGenerator<string> {
  const { name, isGuessed } = await textEncoding(file, kind);
  if (isGuessed) onGuess?.();
  const decoder = new TextDecoder(name);
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
