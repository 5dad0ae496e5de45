import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Above `most` connections, closes the one that has sent no request for longest, or else the one whose request has been arriving
 * for longest. Otherwise a caller who opens many and sends nothing would shut out all others.
 */
export function closeIdlest(server: Server, most: number): void {
  // In the order of their last change of state.
  const idle = new Set<Socket>();
  const arriving = new Set<Socket>();
  const answers = new WeakMap<Socket, number>();
  let open = 0;

  server.on("connection", (socket) => {
    open++;
    idle.add(socket);
    socket.once("close", () => {
      open--;
      idle.delete(socket);
      arriving.delete(socket);
    });
    if (open <= most) return;
    const [oldest = socket] = [...firstOf(idle), ...firstOf(arriving)].filter((each) => each !== socket);
    oldest.destroy();
    // Its close event comes only in a later turn.
    idle.delete(oldest);
    arriving.delete(oldest);
  });
  server.on("request", (incoming, answer: ServerResponse) => {
    const { socket } = incoming;
    answers.set(socket, (answers.get(socket) ?? 0) + 1);
    idle.delete(socket);
    arriving.add(socket);
    incoming.once("end", () => arriving.delete(socket));
    answer.once("close", () => {
      const left = (answers.get(socket) ?? 1) - 1;
      answers.set(socket, left);
      arriving.delete(socket);
      if (left === 0 && !socket.destroyed) idle.add(socket);
    });
  });
}

/** The two oldest, because one of them may be the new connection itself. */
function firstOf(sockets: ReadonlySet<Socket>): Socket[] {
  const first: Socket[] = [];
  for (const socket of sockets) if (first.push(socket) === 2) break;
  return first;
}
