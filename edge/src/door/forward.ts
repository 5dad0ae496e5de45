import type { Handler } from "hono";
import type { ApiHost } from "../host/api-host.ts";

/** Of a request's headers the routes read these; the guards have read the others. */
const CARRIED = ["content-type", "x-request-id"];

interface Read {
  readonly Variables: { readonly body?: readonly Uint8Array[]; readonly keys?: number };
}

/** Hands a request that passed the guards to the API's host, and its answer back. */
export function forward({ answer }: Pick<ApiHost, "answer">): Handler<Read> {
  return async (c) => {
    const headers = Object.fromEntries(
      CARRIED.flatMap((name) => {
        const value = name === "x-request-id" ? c.get("requestId" as never) : c.req.header(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const { method, url, raw } = c.req;
    const answered = await answer(
      { method, url, headers, body: joined(c.get("body")), keys: c.get("keys") },
      raw.signal,
    );
    const { status } = answered;
    return new Response(status === 204 ? null : answered.body, { status, headers: answered.headers });
  };
}

/** One piece of memory, which goes to another thread and must not be part of anybody else's. */
function joined(pieces: readonly Uint8Array[] | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (!pieces) return undefined;
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
