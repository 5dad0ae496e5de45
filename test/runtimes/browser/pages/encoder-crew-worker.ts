import { type EncoderJob, encode } from "./encoder-crew-job.ts";

self.onmessage = async ({ data }: MessageEvent<EncoderJob>) => self.postMessage(await encode(data));
