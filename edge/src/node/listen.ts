import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { PipitError } from "@pipit/core";
import { type SettingNames, VARIABLE_NAMES } from "../app/access/setting-names.ts";
import { logAccess, type WriteLine } from "./door/access-log.ts";
import { closeIdlest } from "./door/close-idlest.ts";
import { endSilent } from "./door/end-silent.ts";
import { type Fetch, inTurn } from "./door/in-turn.ts";
import { OpenAnswers } from "./door/open-answers.ts";
import { PATIENCE, type Patience, platformLimits } from "./door/patience.ts";
import { refuseUnparsed, unreadable, withHost } from "./door/refuse-unparsed.ts";
import { collectWhenQuiet } from "./threads/collect-when-quiet.ts";

export interface Listening {
  readonly url: string;
  /** Refuses new connections, finishes answers under way, and cuts those that take too long. */
  stop(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Writes a line per request. Default: none. */
  readonly log?: WriteLine | undefined;
  readonly names?: SettingNames | undefined;
  readonly patience?: Partial<Patience> | undefined;
}

const MOST_CONNECTIONS = 1_024;

/** Serves on host and port. Fails with `bad-input` if the address is in use or does not belong to this machine. */
export function listen(
  fetch: Fetch,
  { host, port, log, names = VARIABLE_NAMES, patience: told }: ListenOptions,
): Promise<Listening> {
  const patience = { ...PATIENCE, ...told };
  return new Promise((done, failed) => {
    const handle = getRequestListener(inTurn(fetch), {
      hostname: host,
      // The automatic clean-up closes a connection that still sends half a second after a refusal, before the caller reads the refusal.
      autoCleanupIncoming: false,
      errorHandler: unreadable,
    });
    const server = createServer({ ...platformLimits(patience), requireHostHeader: false }, withHost(handle));
    closeIdlest(server, MOST_CONNECTIONS);
    endSilent(server, patience);
    const answers = new OpenAnswers(server);
    refuseUnparsed(server, (socket) => answers.hasBegun(socket));
    if (log) logAccess(server, log);
    const noteWork = collectWhenQuiet();
    server.on("request", (_, answer) => {
      noteWork();
      answer.once("close", noteWork);
    });
    server.once("error", (error) => failed(listenError(error, `${host}:${port}`, names)));
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      const name = host.includes(":") ? `[${host}]` : host;
      done({ url: `http://${name}:${taken}`, stop: () => answers.stop(patience.stopMs) });
    });
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
