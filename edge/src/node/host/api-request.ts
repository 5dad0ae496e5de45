import { joined } from "./joined.ts";

/** A request that passed the guards, in a form that can be sent to another thread. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** The number of keys in the body. */
  readonly keys: number | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: [name: string, value: string][];
  readonly body: Uint8Array<ArrayBuffer>;
}

interface Api {
  fetch(request: Request, env: Pick<ApiRequest, "body" | "keys">): Response | Promise<Response>;
}

export async function answerOf(
  api: Api,
  { body, keys, url, ...about }: ApiRequest,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const answer = await api.fetch(new Request(url, { ...about, signal }), { body, keys });
  return { status: answer.status, headers: [...answer.headers], body: await bytesOf(answer) };
}

/** Takes less memory than the platform's `arrayBuffer`, which holds each answer three times. */
async function bytesOf({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body ?? []) pieces.push(piece);
  return joined(pieces);
}
