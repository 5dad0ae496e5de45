import { type EncoderAnswer, type EncoderJob, encode } from "../encoder-pool-job.ts";

declare global {
  interface Window {
    encode(job: EncoderJob): Promise<EncoderAnswer>;
    encodeInWorker(job: EncoderJob): Promise<EncoderAnswer>;
  }
}

window.encode = encode;

window.encodeInWorker = async (job) => {
  const worker = new Worker(new URL("../encoder-pool-worker.ts", import.meta.url), { type: "module" });
  const answer = await new Promise<MessageEvent<EncoderAnswer>>((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(job);
  });
  worker.terminate();
  return answer.data;
};
