/**
 * Resolves after the event loop had a turn: messages, timers and aborts come in. A message to oneself costs microseconds, where
 * nested timers are held back by four milliseconds in tabs.
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

/** Cuts long work into slices. `pause` is called between its parts, and lets others run when the slice has been long enough. */
export class Slices {
  private began = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.began < SLICE_MS) return;
    await letOthersRun();
    this.began = performance.now();
  }
}
