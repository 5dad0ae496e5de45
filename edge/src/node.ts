import { join, resolve } from "node:path";
import type { AccessOptions } from "./access/access-options.ts";
import { boundAccess } from "./access/bound-access.ts";
import { checkHost } from "./access/check-host.ts";
import type { WriteLine } from "./door/access-log.ts";
import { createDoor } from "./door/door-app.ts";
import type { Patience } from "./door/patience.ts";
import { openApiHost } from "./host/api-host.ts";
import { ApiThread } from "./host/api-thread.ts";
import type { Lineup } from "./lineup.ts";
import { listen } from "./listen.ts";
import { makeFolder } from "./make-folder.ts";
import { memoryBytes } from "./memory-bytes.ts";
import type { MinilmRuntime } from "./minilm.ts";
import { modelFiles } from "./model-files.ts";
import type { ModelPlace } from "./model-sources.ts";
import { type SettingNames, VARIABLE_NAMES } from "./setting-names.ts";
import { staticFiles } from "./static-files.ts";

export { type AccessOptions, accessOptions } from "./access/access-options.ts";
export { type AccessPolicy, accessPolicy } from "./access/access-policy.ts";
export { openFileBytes } from "./file-bytes.ts";
export { openStarterThreads } from "./host/starter-threads.ts";
export { Lineup } from "./lineup.ts";
export { makeFolder } from "./make-folder.ts";
export type { MinilmRuntime } from "./minilm.ts";
export { listingOf } from "./model-listing.ts";
export { type ModelPlace, modelPlaces, modelSource } from "./model-sources.ts";
export { portOf } from "./port-of.ts";
export { Registry } from "./registry.ts";
export { sentenceOf } from "./sentence-of.ts";
export { type ServeOptions, serveUntilTold } from "./serve.ts";
export { type SettingNames, VARIABLE_NAMES } from "./setting-names.ts";
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
  /** Folder of the built widget: `pipit-search.js` and what it loads. */
  readonly widgetFolder?: string | undefined;
  readonly version?: string | undefined;
  /** What may compute MiniLM: the quicker of ONNX Runtime's library and the encoder kernel unless told, measured once a machine. */
  readonly runtimes?: readonly MinilmRuntime[] | undefined;
  /** What messages call the settings; the variables of the environment unless told. */
  readonly names?: SettingNames | undefined;
  /** Who may ask. A key is demanded where `host` can be reached by other machines. */
  readonly access?: AccessOptions | undefined;
  /** Where a line of JSON for each request goes; nowhere unless told. */
  readonly log?: WriteLine | undefined;
  /** How long callers may take; what is left out stays as it is. */
  readonly patience?: Partial<Patience> | undefined;
  /** In place of the starter and MiniLM. They stay in this thread, and so does all the work. */
  readonly models?: Lineup | undefined;
  /** Script of the thread that embeds, stores and searches: one that imports `@pipit/edge/api-thread`, which it is unless told. */
  readonly apiThread?: URL | undefined;
}

export interface NodeServer {
  readonly url: string;
  /** How each model stands, in a sentence. */
  summary(): string;
  /** Finishes the requests under way, saves what is derived and gives the folder back. */
  close(): Promise<void>;
}

const RUNTIMES: readonly MinilmRuntime[] = ["native", "kernel"];

/** The Node door: this thread reads requests and sends answers, another one embeds, stores and searches. */
export async function startNodeServer(options: NodeServerOptions): Promise<NodeServer> {
  const { dataFolder, modelPlaces = [], runtimes = RUNTIMES, appFolder, version = "0.1.0", models } = options;
  const { names = VARIABLE_NAMES } = options;
  await checkHost(options.host, names.host);
  const access = await boundAccess(options.host, options.access, names.host);
  await makeFolder(dataFolder, `Name another folder with ${names.data}.`);
  const runtime = `node ${process.versions.node}`;
  const asked = { dataFolder, modelPlaces, runtimes, version, runtime, key: access.key };
  const host = models ? await openApiHost(asked, { models }) : await ApiThread.start(asked, options.apiThread);
  const { bodyIdleMs } = options.patience ?? {};
  const app = createDoor({ host, access, bodyIdleMs, version, runtime, memoryBytes });
  app.use("/models/*", modelFiles(appFolder ? [...modelPlaces, join(resolve(appFolder), "models")] : modelPlaces));
  for (const folder of [appFolder, options.widgetFolder]) if (folder) app.use("*", staticFiles(resolve(folder)));
  try {
    const { url, stop } = await listen(app.fetch, options);
    await host.whenSettled();
    return { url, summary: () => host.models.summary, close: () => stop().then(() => host.close()) };
  } catch (error) {
    await host.close();
    throw error;
  }
}
