import { fileURLToPath } from "node:url";
import { PipitError } from "@pipit/core";
import { buildMissing } from "./build-missing.ts";
import { modelPlaces, type NodeServer, startNodeServer } from "./node.ts";

/**
 * `npm start`: builds what is missing, opens the server, prints its address.
 *
 * PORT (3000; 0 for any), HOST (127.0.0.1), PIPIT_DATA (folder, .pipit), PIPIT_MODELS (comma list of folders or URLs laid out
 * like the model hub, tried in order; none unless told, so that nothing is fetched).
 */
const ROOT = new URL("../../", import.meta.url);

try {
  buildMissing();
  const server = await start();
  console.log(`Pipit listens on ${server.url}`);
  console.log(server.models.summary());
  stopOnSignal(server);
} catch (error) {
  console.error(error instanceof PipitError ? error.message : error);
  process.exit(1);
}

function start(): Promise<NodeServer> {
  const { PORT = "3000", HOST = "127.0.0.1", PIPIT_DATA = ".pipit", PIPIT_MODELS } = process.env;
  return startNodeServer({
    port: portOf(PORT),
    host: HOST,
    dataFolder: PIPIT_DATA,
    modelPlaces: modelPlaces(PIPIT_MODELS),
    appFolder: fileURLToPath(new URL("apps/pwa/dist", ROOT)),
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
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
