/**
 * Resolves after a turn of the event loop, in which messages, timers and aborts are handled. A message to the same thread takes
 * microseconds; browsers delay nested timers by four milliseconds.
 */
export function letOthersRun(): Promise<void> {
  if (typeof MessageChannel === "undefined") return new Promise((resolve) => void setTimeout(resolve, 0));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Milliseconds of work between two turns of the event loop: less than half a frame. */
const SLICE_MS = 6;

/** Cuts long work into slices. Call `pause` between its parts: it yields to the event loop when the slice has lasted long enough. */
export class Slices {
  #began = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await letOthersRun();
    this.#began = performance.now();
  }
}
