import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { requestIdOf } from "../http/request-id.ts";

export type WriteLine = (line: string) => void;

/** One line of JSON a request, written when its answer is sent or its caller has gone. */
export function logAccess(server: Server, write: WriteLine): void {
  server.prependListener("request", (asked, answer) => {
    const id = named(asked);
    const started = performance.now();
    const before = asked.socket.bytesWritten;
    answer.once("close", () => {
      const bytes = asked.socket.bytesWritten - before;
      const ms = Math.round((performance.now() - started) * 10) / 10;
      write(JSON.stringify({ time: new Date().toISOString(), id, ...factsOf(asked, answer), bytes, ms }));
    });
  });
}

/** The request's id, given here so that a line has it also where the caller left before there was an answer. */
function named(asked: IncomingMessage): string {
  const id = requestIdOf(asked.headers["x-request-id"]);
  asked.headers["x-request-id"] = id;
  const others = asked.rawHeaders.flatMap((name, i, all) =>
    i % 2 === 0 && name.toLowerCase() !== "x-request-id" ? [name, all[i + 1] ?? ""] : [],
  );
  asked.rawHeaders.splice(0, Number.POSITIVE_INFINITY, ...others, "X-Request-Id", id);
  return id;
}

/** `bytes` beside them counts what was written to the connection, headers included. */
function factsOf(asked: IncomingMessage, answer: ServerResponse) {
  return {
    method: asked.method,
    path: asked.url,
    status: answer.headersSent ? answer.statusCode : 499,
    // Left out of the line where the answer was sent whole.
    gone: answer.writableFinished ? undefined : true,
  };
}
