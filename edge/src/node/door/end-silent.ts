import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Patience } from "./patience.ts";

/**
 * Ends connections without progress: early if an answer waits to be read, since it takes memory; later if the answer is still being
 * computed. The platform reports a connection without progress between two of its checks.
 */
export function endSilent(server: Server, { unreadMs, silenceMs }: Pick<Patience, "unreadMs" | "silenceMs">): void {
  const lookMs = Math.min(unreadMs, silenceMs);
  const answers = new WeakMap<Socket, Set<ServerResponse>>();
  const silences = new WeakMap<Socket, number>();

  server.on("request", ({ socket }, answer) => {
    const open = answers.get(socket) ?? new Set();
    answers.set(socket, open.add(answer));
    answer.once("close", () => {
      open.delete(answer);
      silences.delete(socket);
    });
  });
  server.timeout = lookMs;
  server.on("timeout", (socket) => {
    const silence = (silences.get(socket) ?? 0) + lookMs;
    const isWorkedOn = socket.writableLength === 0 && answers.get(socket)?.size;
    if (!isWorkedOn || silence >= silenceMs) return destroyUnlessRead(socket);
    silences.set(socket, silence);
    return socket.setTimeout(lookMs);
  });
}

/** Ends the connection if nothing arrives in this turn of the event loop. After a busy time the timer runs before arrived bytes are read. */
function destroyUnlessRead(socket: Socket): void {
  const { bytesRead } = socket;
  setImmediate(() => {
    if (socket.bytesRead === bytesRead) socket.destroy();
  });
}
