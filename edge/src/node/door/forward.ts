import type { ServerResponse } from "node:http";
import type { Handler } from "hono";
import type { ApiHost, ApiRoute } from "../host/api-host.ts";
import { joined } from "../host/joined.ts";
import type { RoomFor } from "./room-for.ts";

/** The request headers that routes read; the guards have read the others. */
const CARRIED = ["content-type", "x-request-id"];

interface Read {
  readonly Variables: { readonly body?: readonly Uint8Array[]; readonly keys?: number };
  /** Node's response object; undefined in tests without a server. */
  readonly Bindings: { readonly outgoing?: ServerResponse };
}

/** Passes a route's requests to the API's host when the answers have room, and returns the answers. */
export function forward(host: Pick<ApiHost, "answer">, roomFor: RoomFor, route: ApiRoute): Handler<Read> {
  return async (c) => {
    const headers = Object.fromEntries(
      CARRIED.flatMap((name) => {
        const value = name === "x-request-id" ? c.get("requestId" as never) : c.req.header(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const { method, url, raw } = c.req;
    const body = c.get("body");
    const room = roomFor(route, body?.reduce((total, piece) => total + piece.length, 0) ?? 0);
    const work = () =>
      host.answer({ method, url, headers, body: body && joined(body), keys: c.get("keys") }, raw.signal);
    const outgoing = c.env?.outgoing;
    const { answer: answered, sent } = await room.answer(work, raw.signal, () => outgoing?.destroy());
    whenSent(outgoing, sent);
    const { status } = answered;
    return new Response(status === 204 ? null : answered.body, { status, headers: answered.headers });
  };
}

/** Calls `then` when the answer was sent or the caller has gone; immediately if nothing is sent. */
function whenSent(outgoing: ServerResponse | undefined, then: () => void): void {
  if (!outgoing || outgoing.closed) then();
  else outgoing.once("close", then);
}
