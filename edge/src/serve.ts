import { PipitError } from "@pipit/core";
import { modelPlaces, type NodeServer, startNodeServer } from "./node.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Serves until SIGTERM or SIGINT, then lets requests end, saves, and ends the process with 0.
 *
 * PORT (3000; 0 for any), HOST (127.0.0.1), PIPIT_DATA (folder, .pipit), PIPIT_MODELS (comma list of folders or URLs laid out
 * like the model hub, tried in order; none unless told, so that nothing is fetched).
 */
export async function serveUntilTold(environment: Environment, appFolder?: string): Promise<void> {
  const { PORT = "3000", HOST = "127.0.0.1", PIPIT_DATA = ".pipit", PIPIT_MODELS } = environment;
  const server = await startNodeServer({
    port: portOf(PORT),
    host: HOST,
    dataFolder: PIPIT_DATA,
    modelPlaces: modelPlaces(PIPIT_MODELS),
    appFolder,
  });
  console.log(`Pipit listens on ${server.url}`);
  console.log(server.models.summary());
  stopOnSignal(server);
}

function portOf(text: string): number {
  const port = Number(text);
  if (text !== "" && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new PipitError("bad-input", {
    got: `PORT=${text}`,
    expected: "a whole number from 0 to 65535",
    do: "Set PORT to a port number, or to 0 for any free one.",
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
