import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { getRequestListener, HttpBindings } from "@hono/node-server";

export type Fetch = Parameters<typeof getRequestListener>[0];

/** The most requests that one connection may pipeline. */
const MOST_WAITING = 64;

/**
 * Runs the pipelined requests of one connection one after another. Answers are sent in that order anyway. Otherwise a caller could
 * open a thousand files or run a thousand searches without reading any answer. A connection with too many waiting requests is
 * closed.
 */
export function inTurn(fetch: Fetch): Fetch {
  const lines = new WeakMap<Socket, ServerResponse[]>();
  return (request, env) => {
    const { incoming, outgoing } = env as { incoming: HttpBindings["incoming"]; outgoing: ServerResponse };
    const { socket } = incoming;
    const line = lines.get(socket) ?? [];
    lines.set(socket, line);
    if (line.length >= MOST_WAITING) {
      socket.destroy();
      return GONE();
    }
    const before = line.at(-1);
    line.push(outgoing);
    outgoing.once("close", () => line.splice(line.indexOf(outgoing), 1));
    if (!before) return fetch(request, env);
    return closed(before).then(() => (socket.destroyed ? GONE() : fetch(request, env)));
  };
}

function closed(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => answer.once("close", resolve));
}

/** The answer to a request whose connection was closed. */
const GONE = () => new Response(null, { status: 499 });
