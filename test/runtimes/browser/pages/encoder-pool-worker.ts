import { type EncoderJob, encode } from "./encoder-pool-job.ts";

self.onmessage = async ({ data }: MessageEvent<EncoderJob>) => self.postMessage(await encode(data));
