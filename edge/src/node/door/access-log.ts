import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { requestIdOf } from "../../app/http/request-id.ts";

export type WriteLine = (line: string) => void;

/** Writes one line of JSON for each request, when its answer is sent or its caller has gone. */
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

/** The request's id is set here, so that the log has it even if the caller leaves before an answer exists. */
function named(asked: IncomingMessage): string {
  const id = requestIdOf(asked.headers["x-request-id"]);
  asked.headers["x-request-id"] = id;
  const others = asked.rawHeaders.flatMap((name, i, all) =>
    i % 2 === 0 && name.toLowerCase() !== "x-request-id" ? [name, all[i + 1] ?? ""] : [],
  );
  asked.rawHeaders.splice(0, Number.POSITIVE_INFINITY, ...others, "X-Request-Id", id);
  return id;
}

/** `bytes`, which is added later, counts all bytes written to the connection, headers included. */
function factsOf(asked: IncomingMessage, answer: ServerResponse) {
  return {
    method: asked.method,
    path: asked.url,
    status: answer.headersSent ? answer.statusCode : 499,
    // JSON omits the undefined value if the whole answer was sent.
    gone: answer.writableFinished ? undefined : true,
  };
}
