import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { PipitError } from "@pipit/core";

export interface Listening {
  readonly url: string;
  /** Refuses new connections, lets open requests end, and cuts those that take too long. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/** Serves on host and port, 0 for any free one. Fails with `bad-input` when the address is taken or not ours. */
export function listen(
  fetch: Parameters<typeof serve>[0]["fetch"],
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  return new Promise((done, failed) => {
    const server = serve({ fetch, port, hostname: host }, ({ port: taken }: AddressInfo) => {
      const name = host.includes(":") ? `[${host}]` : host;
      done({ url: `http://${name}:${taken}`, stop: () => stop(server as Server) });
    });
    server.once("error", (error) => failed(listenError(error, `${host}:${port}`)));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((done) => {
    const cut = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(tidy);
      done();
    });
    // A client keeps its connection after the last answer: without this each one would hold the door for seconds.
    const tidy = setInterval(() => server.closeIdleConnections(), 20);
  });
}

function listenError(cause: Error & { code?: string }, address: string): PipitError {
  const busy = cause.code === "EADDRINUSE";
  return new PipitError("bad-input", {
    got: busy ? `${address}, which another process listens on` : `${address} (${cause.message})`,
    expected: "an address this process may listen on",
    do: "Set PORT to another port, or to 0 for any free one; HOST names the interface.",
    cause,
  });
}
