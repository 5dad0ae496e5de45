import { PipitError } from "@pipit/core";
import { accessOptions } from "../app/access/access-options.ts";
import { type SettingNames, VARIABLE_NAMES, written } from "../app/access/setting-names.ts";
import type { WriteLine } from "./door/access-log.ts";
import type { ModelRuntime } from "./models/model-runtime.ts";
import { modelPlaces } from "./models/model-sources.ts";
import { type NodeServer, type NodeServerOptions, startNodeServer } from "./node-server.ts";
import { portOf } from "./port-of.ts";

/** Folders of the built app and widget are served only if they are named. */
export interface ServeOptions {
  readonly app?: string | undefined;
  readonly widget?: string | undefined;
  /** Names of the settings in messages. Default: their variables. */
  readonly names?: SettingNames | undefined;
  readonly patience?: NodeServerOptions["patience"];
  readonly apiThread?: NodeServerOptions["apiThread"];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Serves until SIGTERM or SIGINT, then finishes requests, saves, and ends the process with status 0.
 *
 * PORT (default 3000; 0 for any), HOST (default 127.0.0.1), PIPIT_DATA (folder, default .pipit), PIPIT_MODELS (folders or URLs laid
 * out like the model hub, separated by commas, tried in order; default none, so that nothing is fetched), PIPIT_RUNTIME ("kernel"
 * computes MiniLM in WebAssembly even if ONNX Runtime's library is installed), PIPIT_LANGUAGE (of the entries, default "en"), PIPIT_LOG ("off" turns the access log off). For
 * PIPIT_KEY, PIPIT_ORIGINS, PIPIT_HOSTS and PIPIT_PUBLIC_SEARCH see `AccessOptions`.
 */
export async function serveUntilTold(
  environment: Environment,
  { app, widget, names = VARIABLE_NAMES, patience, apiThread }: ServeOptions = {},
): Promise<void> {
  keepOnWithoutLog();
  const { PORT = "3000", HOST = "127.0.0.1", PIPIT_DATA = ".pipit", PIPIT_MODELS, PIPIT_RUNTIME } = environment;
  const { PIPIT_LANGUAGE } = environment;
  const server = await startNodeServer({
    port: portOf(PORT, names.port),
    host: HOST,
    dataFolder: PIPIT_DATA,
    modelPlaces: modelPlaces(PIPIT_MODELS, names.models),
    runtimes: runtimesOf(PIPIT_RUNTIME, names.runtime),
    // A variable that is set to nothing counts as not set.
    language: PIPIT_LANGUAGE || undefined,
    names,
    appFolder: app,
    widgetFolder: widget,
    access: accessOptions(environment),
    log: accessLog(environment),
    patience,
    apiThread,
  });
  // Registered before the address is printed: a program that waits for the address may stop the server immediately.
  stopOnSignal(server);
  console.log(`Pipit listens on ${server.url}`);
  console.log(server.summary());
}

/** If the disk is full, or the reader of the log has ended, lines of the log are lost, but the server runs on. */
function keepOnWithoutLog(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/** Writes the access log to the standard output unless PIPIT_LOG is "off". */
export function accessLog({ PIPIT_LOG }: Environment): WriteLine | undefined {
  if (PIPIT_LOG === "off") return undefined;
  if (!PIPIT_LOG || PIPIT_LOG === "on") return (line) => process.stdout.write(`${line}\n`);
  throw new PipitError("bad-input", {
    got: written("PIPIT_LOG", PIPIT_LOG),
    expected: "on or off",
    do: "Set PIPIT_LOG=off to turn the access log off, or leave the variable out.",
  });
}

/** Undefined lets the server choose. */
function runtimesOf(name: string | undefined, setting = "PIPIT_RUNTIME"): readonly ModelRuntime[] | undefined {
  if (!name) return undefined;
  if (name === "kernel" || name === "native") return [name];
  throw new PipitError("bad-input", {
    got: `the runtime ${JSON.stringify(name)}`,
    expected: '"kernel" or "native"',
    do: `Leave ${setting} out: then the faster one that is installed is used.`,
  });
}

function stopOnSignal(server: NodeServer): void {
  let stopping = false;
  const stop = async () => {
    // A second signal ends the process at once: acknowledged writes are on disk.
    if (stopping) process.exit(1);
    stopping = true;
    await server.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
