import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Patience } from "./patience.ts";

/**
 * Ends connections on which nothing moves: soon where an answer waits to be taken, since it holds memory, later where it is still
 * worked on. The platform calls a connection silent when it finds no progress between two looks.
 */
export function endSilent(server: Server, { unreadMs, silenceMs }: Pick<Patience, "unreadMs" | "silenceMs">): void {
  const lookMs = Math.min(unreadMs, silenceMs);
  const answers = new WeakMap<Socket, Set<ServerResponse>>();
  const silences = new WeakMap<Socket, number>();

  server.on("request", ({ socket }, answer) => {
    const open = answers.get(socket) ?? new Set();
    answers.set(socket, open.add(answer));
    silences.delete(socket);
    answer.once("close", () => {
      open.delete(answer);
      silences.delete(socket);
    });
  });
  server.timeout = lookMs;
  server.on("timeout", (socket) => {
    const silence = (silences.get(socket) ?? 0) + lookMs;
    const isWorkedOn = socket.writableLength === 0 && answers.get(socket)?.size;
    if (!isWorkedOn || silence >= silenceMs) return socket.destroy();
    silences.set(socket, silence);
    return socket.setTimeout(lookMs);
  });
}
