import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "./byte-range.ts";
import { Slots } from "./slots.ts";

const PIECE_BYTES = 256 * 1024;

/**
 * The number of the platform's file threads. If each of several hundred downloads had a piece ready, all of them would be sent in one turn
 * of the event loop, and other requests would wait for a tenth of a second and more.
 */
const READS_AT_A_TIME = 4;
const reads = new Slots(READS_AT_A_TIME);

/**
 * A part of an open file as a stream. The file is closed at the end, on failure, and when the stream is cancelled because the caller has
 * gone. It is read only on demand.
 */
export function fileStream(file: FileHandle, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let closing: Promise<void> | undefined;
  let position = start;
  const close = () => {
    closing ??= file.close();
    return closing;
  };
  const read = async () => {
    const length = Math.min(PIECE_BYTES, end + 1 - position);
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, position);
    if (bytesRead === 0) throw new Error("a file became shorter while it was read");
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          controller.enqueue(await reads.run(read));
          if (position <= end) return;
          await close();
          controller.close();
        } catch (error) {
          // The stream fails with the error of reading, although closing may fail for the same reason.
          await close().catch(() => undefined);
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
