import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { RequestError } from "@hono/node-server";
import { PipitError } from "@pipit/core";
import { API_HEADERS } from "../../app/http/page-policy.ts";
import { errorBody } from "../../app/http-errors.ts";

const REASONS = {
  400: { expected: "a request as HTTP/1.1 defines it", do: "Correct the request; nothing of it was done." },
  408: { expected: "a whole request within the time the server gives", do: "Send it faster, or in smaller parts." },
  413: { expected: "chunks with short extensions", do: "Leave the extensions out." },
  417: { expected: "100-continue, or no Expect header", do: "Leave the header out." },
  431: { expected: "headers of at most 16 kB in all", do: "Send what is long in the body." },
} as const;

type Status = keyof typeof REASONS;

/** The statuses that the platform itself uses, by the code of its parser. All others are a 400. */
const STATUSES: Readonly<Record<string, Status>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Refuses in JSON, as the routes do, requests that the platform refuses before it creates a request object. The platform itself would
 * send a status without a body. A connection with a begun answer (`hasBegun`) is cut: bytes in the middle of that answer would corrupt it.
 */
export function refuseUnparsed(server: Server, hasBegun: (socket: Socket) => boolean): void {
  server.on("clientError", (error: Error & { code?: string }, stream) => {
    const socket = stream as Socket;
    const status = STATUSES[error.code ?? ""] ?? 400;
    const got = status === 408 ? "a request that arrived too slowly" : `bytes that are no request (${error.message})`;
    if (!socket.writable || hasBegun(socket)) socket.destroy(error);
    else socket.end(written(status, got), () => socket.destroy(error));
  });
  server.on("checkExpectation", ({ headers }: IncomingMessage, answer: ServerResponse) =>
    send(answer, 417, `Expect: ${headers.expect}`),
  );
}

/** Refuses requests without a Host, which HTTP/1.1 requires. The platform's own check is off, because it would answer without a body. */
export function withHost(handle: RequestListener): RequestListener {
  return (asked, answer) => {
    const isLacking = asked.headers.host === undefined && asked.httpVersion === "1.1";
    return isLacking ? send(answer, 400, "a request without a Host header") : handle(asked, answer);
  };
}

/** The answer to a request whose target cannot become a URL, such as one for an address that is not written as URLs write it. */
export function unreadable(error: unknown): Response {
  // Guards and routes answer all errors that they throw, so other errors are bugs.
  if (!(error instanceof RequestError)) return new Response(null, { status: 500 });
  return new Response(bodyOf(400, `a request whose target or Host is no URL (${error.message})`), {
    status: 400,
    headers: HEADERS,
  });
}

const HEADERS = { ...API_HEADERS, "Content-Type": "application/json", Connection: "close" };

function send(answer: ServerResponse, status: Status, got: string): void {
  const body = bodyOf(status, got);
  answer.writeHead(status, { ...HEADERS, "Content-Length": Buffer.byteLength(body) }).end(body);
}

function written(status: Status, got: string): string {
  const body = bodyOf(status, got);
  const headers = Object.entries({ ...HEADERS, "Content-Length": Buffer.byteLength(body) });
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n");
}

function bodyOf(status: Status, got: string): string {
  return JSON.stringify(errorBody(new PipitError("bad-input", { got, ...REASONS[status] }), status));
}
