import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HttpBindings, serve } from "@hono/node-server";

type Fetch = Parameters<typeof serve>[0]["fetch"];

/** Requests that one connection may send ahead of their answers. */
const MOST_WAITING = 64;

/**
 * Works on the requests of one connection one after another. Answers leave in that order anyway, and a caller that sends a
 * thousand requests ahead would have a thousand files opened, or searches run, of which it reads none. Who sends more ahead than
 * can wait loses the connection.
 */
export function inTurn(fetch: Fetch): Fetch {
  const lines = new WeakMap<Socket, ServerResponse[]>();
  return (request, env) => {
    const { incoming, outgoing } = env as { incoming: HttpBindings["incoming"]; outgoing: ServerResponse };
    const { socket } = incoming;
    const line = lines.get(socket) ?? [];
    lines.set(socket, line);
    if (line.length >= MOST_WAITING) socket.destroy();
    if (socket.destroyed) return GONE();
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

/** Nobody reads it. */
const GONE = () => new Response(null, { status: 499 });
