import { toWireError } from "@pipit/core";
import { type Encoder, openEncoder } from "./encoder.ts";
import type {
  ComputedAnswer,
  PicturesRequest,
  PoolAnswer,
  PoolRequest,
  TokensRequest,
} from "./encoder-pool-protocol.ts";

type Post = (answer: PoolAnswer, transfer: ArrayBuffer[]) => void;

/** The far side of a pool: a member's answers to each request. */
export function serveEncoder(post: Post): (request: PoolRequest) => Promise<void> {
  const running = new Map<number, AbortController>();
  let encoder: Encoder | undefined;
  const compute = async (request: Exclude<PoolRequest, { ask: "stop" }>, signal: AbortSignal) => {
    // The caller sends no rows before the answer that the file is open.
    if (request.ask !== "open") return encode(encoder!, request, signal);
    encoder = await openEncoder(request.module, request.file, request.options);
    return { vectors: new Float32Array() };
  };
  return async (request) => {
    const { id } = request;
    if (request.ask === "stop") return running.get(id)?.abort();
    const stop = new AbortController();
    running.set(id, stop);
    try {
      const computed: Computed = await compute(request, stop.signal);
      const buffers = [computed.vectors.buffer, ...(computed.tokens ? [computed.tokens.buffer] : [])];
      post({ id, bytes: encoder?.bytes ?? 0, ...computed }, buffers);
    } catch (error) {
      post({ id, error: toWireError(error) }, []);
    } finally {
      running.delete(id);
    }
  };
}

type Computed = Pick<ComputedAnswer, "vectors" | "tokens">;

async function encode(encoder: Encoder, request: TokensRequest | PicturesRequest, signal: AbortSignal) {
  if (request.ask === "pictures") return { vectors: await encoder.encodePictures(request.pixels, signal) };
  if (request.form) return encoder.encodeWithTokens(rowsOf(request), request.form, signal);
  return { vectors: await encoder.encodeTokens(rowsOf(request), signal) };
}

function rowsOf({ lengths, ids }: TokensRequest): number[][] {
  let end = 0;
  return Array.from(lengths, (length) => {
    end += length;
    return Array.from(ids.subarray(end - length, end));
  });
}
