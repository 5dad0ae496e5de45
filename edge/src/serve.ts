import { PipitError } from "@pipit/core";
import { accessOptions } from "./access/access-options.ts";
import type { WriteLine } from "./door/access-log.ts";
import { type MinilmRuntime, modelPlaces, type NodeServer, type NodeServerOptions, startNodeServer } from "./node.ts";
import { portOf } from "./port-of.ts";
import { type SettingNames, VARIABLE_NAMES, written } from "./setting-names.ts";

/** Folders of what was built for pages, of which nothing is served where they are not named. */
export interface ServeOptions {
  readonly app?: string | undefined;
  readonly widget?: string | undefined;
  /** What messages call the settings; their variables unless told. */
  readonly names?: SettingNames | undefined;
  readonly patience?: NodeServerOptions["patience"];
  readonly apiThread?: NodeServerOptions["apiThread"];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Serves until SIGTERM or SIGINT, then lets requests end, saves, and ends the process with 0.
 *
 * PORT (3000; 0 for any), HOST (127.0.0.1), PIPIT_DATA (folder, .pipit), PIPIT_MODELS (comma list of folders or URLs laid out
 * like the model hub, tried in order; none unless told, so that nothing is fetched), PIPIT_RUNTIME ("kernel" computes MiniLM in
 * WebAssembly even where ONNX Runtime's library is installed). PIPIT_KEY, PIPIT_ORIGINS, PIPIT_HOSTS and PIPIT_PUBLIC_SEARCH say
 * who may ask: see `AccessOptions`. PIPIT_LOG ("off" leaves the lines of requests out).
 */
export async function serveUntilTold(
  environment: Environment,
  { app, widget, names = VARIABLE_NAMES, patience, apiThread }: ServeOptions = {},
): Promise<void> {
  const { PORT = "3000", HOST = "127.0.0.1", PIPIT_DATA = ".pipit", PIPIT_MODELS, PIPIT_RUNTIME } = environment;
  const server = await startNodeServer({
    port: portOf(PORT, names.port),
    host: HOST,
    dataFolder: PIPIT_DATA,
    modelPlaces: modelPlaces(PIPIT_MODELS, names.models),
    runtimes: runtimesOf(PIPIT_RUNTIME, names.runtime),
    names,
    appFolder: app,
    widgetFolder: widget,
    access: accessOptions(environment),
    log: accessLog(environment),
    patience,
    apiThread,
  });
  console.log(`Pipit listens on ${server.url}`);
  console.log(server.summary());
  stopOnSignal(server);
}

/** A line a request to the standard output, unless PIPIT_LOG is "off". */
export function accessLog({ PIPIT_LOG }: Environment): WriteLine | undefined {
  if (PIPIT_LOG === "off") return undefined;
  if (!PIPIT_LOG || PIPIT_LOG === "on") return (line) => process.stdout.write(`${line}\n`);
  throw new PipitError("bad-input", {
    got: written("PIPIT_LOG", PIPIT_LOG),
    expected: "on or off",
    do: "Write PIPIT_LOG=off to leave the lines of requests out, or leave it out itself.",
  });
}

/** Undefined leaves the choice to the server. */
export function runtimesOf(name: string | undefined, setting = "PIPIT_RUNTIME"): readonly MinilmRuntime[] | undefined {
  if (!name) return undefined;
  if (name === "kernel" || name === "native") return [name];
  throw new PipitError("bad-input", {
    got: `the runtime ${JSON.stringify(name)}`,
    expected: '"kernel" or "native"',
    do: `Leave ${setting} out: the quicker of those that are there is taken.`,
  });
}

function stopOnSignal(server: NodeServer): void {
  let stopping = false;
  const stop = async () => {
    // A second signal means "now": what was acknowledged is on disk already.
    if (stopping) process.exit(1);
    stopping = true;
    await server.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
