import { mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { PipitError } from "@pipit/core";
import { loadHnswIndex } from "@pipit/wasm/node";
import { createApp } from "./app.ts";
import { openFileBytes } from "./file-bytes.ts";
import type { Lineup } from "./lineup.ts";
import { type ModelPlace, modelFiles } from "./model-sources.ts";
import { loadModels } from "./node-models.ts";
import { Registry } from "./registry.ts";
import { openSqlite } from "./sqlite.ts";
import { staticFiles } from "./static-files.ts";

export { openFileBytes } from "./file-bytes.ts";
export { Lineup } from "./lineup.ts";
export { type ModelPlace, modelPlaces } from "./model-sources.ts";
export { Registry } from "./registry.ts";
export { openSqlStore } from "./sql-store.ts";
export { openSqlite } from "./sqlite.ts";

export interface NodeServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** Where entries, vectors and snapshots are kept. One server a folder. */
  readonly dataFolder: string;
  readonly modelPlaces?: readonly ModelPlace[] | undefined;
  /** Folder of the built app, served at "/". */
  readonly appFolder?: string | undefined;
  readonly version?: string | undefined;
}

export interface NodeServer {
  readonly url: string;
  readonly models: Lineup;
  /** Finishes the requests under way, saves what is derived and gives the folder back. */
  close(): Promise<void>;
}

/** The Node door: SQLite for entries and vectors, snapshots in files, ONNX on the CPU, the starter meanwhile. */
export async function startNodeServer(options: NodeServerOptions): Promise<NodeServer> {
  const { dataFolder, modelPlaces = [], appFolder, version = "0.1.0" } = options;
  await mkdir(dataFolder, { recursive: true });
  const database = await openSqlite(join(dataFolder, "pipit.sqlite"));
  const snapshots = await openFileBytes(join(dataFolder, "snapshots"));
  const { models, settled } = loadModels(modelPlaces);
  const collections = new Registry({ database, snapshots, models, index: await loadHnswIndex() });
  const memoryBytes = () => process.memoryUsage.rss();
  const app = createApp({ version, runtime: `node ${process.versions.node}`, collections, models, memoryBytes });
  app.get("/models/*", modelFiles(modelPlaces));
  if (appFolder) app.get("*", staticFiles(resolve(appFolder)));

  const closeAll = async () => {
    await collections.close();
    await settled;
    await models.close();
    await snapshots.close();
    await database.close();
  };
  try {
    const { server, url } = await listen(app.fetch, options);
    await Promise.race([settled, models.whenReady()]);
    return { url, models, close: () => stop(server).then(closeAll) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

type Fetch = Parameters<typeof serve>[0]["fetch"];

function listen(fetch: Fetch, { port, host }: NodeServerOptions): Promise<{ server: ServerType; url: string }> {
  return new Promise((done, failed) => {
    const server = serve({ fetch, port, hostname: host }, ({ port: taken, family }: AddressInfo) => {
      const name = family === "IPv6" ? `[${host}]` : host;
      done({ server, url: `http://${name}:${taken}` });
    });
    server.once("error", (error) => failed(listenError(error, `${host}:${port}`)));
  });
}

const PATIENCE_MS = 10_000;

/** New connections are refused at once, open requests may end; those that take too long are cut. */
function stop(server: ServerType): Promise<void> {
  const http = server as Server;
  return new Promise((done) => {
    const cut = setTimeout(() => http.closeAllConnections(), PATIENCE_MS);
    http.close(() => {
      clearTimeout(cut);
      done();
    });
    http.closeIdleConnections();
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
