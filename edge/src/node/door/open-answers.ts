import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as Listener, type Socket } from "node:net";

/**
 * Tracks which connections have unfinished answers, so that a server can stop without cutting them. The platform's `close` drops
 * bytes that are still in the socket's buffer.
 */
export class OpenAnswers {
  readonly #server: Server;
  readonly #answers = new Map<Socket, Set<ServerResponse>>();
  #stopping = false;

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#watch(socket));
    server.prependListener("request", (asked, answer) => this.#begin(asked, answer));
  }

  /** Takes no new connections, closes each open one when its answers are sent, and the others after `limitMs`. */
  stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    return new Promise((done) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), limitMs);
      // The listening socket's own `close`: that of an HTTP server would also end connections.
      Listener.prototype.close.call(this.#server, () => {
        clearTimeout(cut);
        // Ends the platform's timers. No connection is open any more that this could cut.
        this.#server.close(() => done());
      });
      for (const [socket, answers] of this.#answers) {
        if (answers.size === 0) socket.destroySoon();
        for (const answer of answers) answer.shouldKeepAlive = false;
      }
    });
  }

  /** True if bytes of an unfinished answer have been sent to this connection. */
  hasBegun(socket: Socket): boolean {
    return [...(this.#answers.get(socket) ?? [])].some(({ headersSent }) => headersSent);
  }

  #watch(socket: Socket): void {
    const answers = new Set<ServerResponse>();
    this.#answers.set(socket, answers);
    socket.once("close", () => {
      this.#answers.delete(socket);
      for (const answer of answers) closeWaiting(answer);
    });
  }

  #begin({ socket }: IncomingMessage, answer: ServerResponse): void {
    const answers = this.#answers.get(socket);
    if (this.#stopping) answer.shouldKeepAlive = false;
    answers?.add(answer);
    answer.once("close", () => {
      answers?.delete(answer);
      if (this.#stopping && answers?.size === 0) socket.destroySoon();
    });
  }
}

/**
 * Closes an answer of a connection that has ended, if it waited behind another one. Node 22 closes only the answer that was being
 * sent: the others would have no line in the access log.
 */
function closeWaiting(answer: ServerResponse): void {
  if (!answer.socket && !answer.destroyed) answer.emit("close");
}
