import { type FileHandle, open } from "node:fs/promises";
import type { ByteRange } from "./byte-range.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * A part of a file as a stream. The file is opened when its first bytes are asked for, so that an answer which nobody reads holds
 * no descriptor, and closed at the end, on failure, and on cancelling, which the door does when the caller has gone.
 */
export function fileStream(path: string, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined;
  let position = start;
  const close = async () => {
    const opened = file;
    file = undefined;
    await opened?.close();
  };
  const read = async () => {
    file ??= await open(path);
    const length = Math.min(PIECE_BYTES, end + 1 - position);
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, position);
    if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          controller.enqueue(await read());
          if (position <= end) return;
          await close();
          controller.close();
        } catch (error) {
          await close();
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
