import { createTextTokenizer, MINILM, type TextTokenizer } from "@pipit/core";
import { piecesOf } from "@pipit/edge/stream-pieces";
import { type Encoder, openEncoder } from "@pipit/wasm";
import module from "@pipit/wasm/encoder-maddubs.wasm";

interface Env {
  /** The model's tokenizer.json. */
  readonly TOKENIZER: ArrayBuffer;
}

let encoder: Encoder | undefined;
let tokenizer: TextTokenizer | undefined;

/** PUT takes the packed model, POST takes texts as JSON and returns their vectors, GET returns a greeting. */
export default {
  async fetch(request: Request, { TOKENIZER }: Env): Promise<Response> {
    if (request.method === "GET") return new Response("hello");
    if (request.method === "PUT") {
      const bytes = Number(request.headers.get("content-length"));
      encoder = await openEncoder(module, { bytes, pieces: piecesOf(request.body!) });
      tokenizer = createTextTokenizer(new Uint8Array(TOKENIZER), MINILM);
      return new Response(encoder.build);
    }
    return new Response(await embed(await request.json()));
  },
};

async function embed(texts: readonly string[]): Promise<Blob> {
  const vectors: Float32Array<ArrayBuffer>[] = [];
  for (const text of texts) vectors.push(await encoder!.encodeTokens([tokenizer!.encode(text)]));
  return new Blob(vectors);
}
