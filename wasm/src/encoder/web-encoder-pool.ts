import { type MakeMember, memberWorker } from "../shared/web-member.ts";
import { type Encoder, type EncoderBytes, type EncoderOptions, openEncoder } from "./encoder.ts";
import { openTogether } from "./encoder-pool.ts";
import type { PoolListener, PoolThread } from "./encoder-pool-protocol.ts";

// Bundlers find and replace exactly this expression.
const ownMember: MakeMember = (Worker) =>
  new Worker(new URL("./web-encoder-member.js", import.meta.url), { type: "module" });

export interface WebPoolOptions extends EncoderOptions {
  /** The most threads, this one among them. */
  readonly threads: number;
}

/**
 * Opens a packed file in this tab or worker and in workers started by it, no more than the device has cores. They end with the page
 * or worker, or when the encoder is closed. Fails as `openTogether` does.
 */
export function openInWorkers(
  module: WebAssembly.Module,
  file: EncoderBytes,
  { threads, ...options }: WebPoolOptions,
): Promise<Encoder> {
  const size = "Worker" in globalThis ? Math.min(threads, navigator.hardwareConcurrency) : 1;
  if (size < 2) return openEncoder(module, file, options);
  return openTogether(module, file, { ...options, pool: { size, start } });
}

function start({ answer, gone }: PoolListener): PoolThread {
  const worker = memberWorker(ownMember);
  worker.onmessage = ({ data }) => answer(data);
  // Chromium's workers have the event without its attribute.
  worker.addEventListener("messageerror", () => gone("an answer that cannot be read"));
  worker.onerror = (event) => {
    // Otherwise it would count as an error of this worker too, which continues.
    event.preventDefault();
    gone(`a thread that failed: ${event.message ?? "its script did not load"}`);
  };
  return { post: (request, transfer) => worker.postMessage(request, transfer), end: () => worker.terminate() };
}
