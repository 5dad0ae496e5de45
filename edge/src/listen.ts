import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { PipitError } from "@pipit/core";
import { logAccess, type WriteLine } from "./door/access-log.ts";
import { OpenAnswers } from "./door/open-answers.ts";
import { type SettingNames, VARIABLE_NAMES } from "./setting-names.ts";

export interface Listening {
  readonly url: string;
  /** Refuses new connections, lets answers under way end, and cuts those that take too long. */
  stop(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Where a line for each request goes; nowhere unless told. */
  readonly log?: WriteLine | undefined;
  readonly names?: SettingNames | undefined;
}

// Supervisors kill after 30 s.
const PATIENCE_MS = 20_000;

/** What a caller may take its time for. A body is held to a shorter limit of its own, between two bytes. */
const TIMES = { headersTimeout: 15_000, requestTimeout: 120_000, connectionsCheckingInterval: 5_000 };
/** Without a byte in either direction, the time of the work on an answer included. */
const SILENCE_MS = 300_000;
const MOST_CONNECTIONS = 1_024;

/** Serves on host and port. Fails with `bad-input` when the address is taken or not ours. */
export function listen(
  fetch: Parameters<typeof serve>[0]["fetch"],
  { host, port, log, names = VARIABLE_NAMES }: ListenOptions,
): Promise<Listening> {
  return new Promise((done, failed) => {
    const server = serve({ fetch, port, hostname: host, serverOptions: TIMES }, ({ port: taken }: AddressInfo) => {
      const name = host.includes(":") ? `[${host}]` : host;
      done({ url: `http://${name}:${taken}`, stop: () => answers.stop(PATIENCE_MS) });
    }) as Server;
    server.maxConnections = MOST_CONNECTIONS;
    server.timeout = SILENCE_MS;
    const answers = new OpenAnswers(server);
    if (log) logAccess(server, log);
    server.once("error", (error) => failed(listenError(error, `${host}:${port}`, names)));
  });
}

function listenError(cause: Error & { code?: string }, address: string, { port, host }: SettingNames): PipitError {
  const busy = cause.code === "EADDRINUSE";
  const isElsewhere = cause.code === "EADDRNOTAVAIL" || cause.code === "ENOTFOUND";
  return new PipitError("bad-input", {
    got: busy ? `${address}, which another process listens on` : `${address} (${cause.message})`,
    expected: "an address this process may listen on",
    do: isElsewhere
      ? `Give ${host} an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all it has.`
      : `Give ${port} another port, or 0 for any free one.`,
    cause,
  });
}
