import { join, resolve } from "node:path";
import { checkedLanguage } from "@pipit/core";
import type { AccessOptions } from "../app/access/access-options.ts";
import { boundAccess } from "../app/access/bound-access.ts";
import { checkHost } from "../app/access/check-host.ts";
import { type SettingNames, VARIABLE_NAMES } from "../app/access/setting-names.ts";
import type { ModelStates } from "../app/model-states.ts";
import type { WriteLine } from "./door/access-log.ts";
import { createDoor } from "./door/door-app.ts";
import type { Patience } from "./door/patience.ts";
import { modelFiles } from "./files/model-files.ts";
import { staticFiles } from "./files/static-files.ts";
import { openApiHost } from "./host/api-host.ts";
import { ApiThread } from "./host/api-thread.ts";
import { listen } from "./listen.ts";
import { makeFolder } from "./make-folder.ts";
import { memoryBytes } from "./memory-bytes.ts";
import type { ModelRuntime } from "./models/model-runtime.ts";
import { checkPlaces, type ModelPlace } from "./models/model-sources.ts";

export interface NodeServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Folder of entries, vectors and snapshots. Only one server may use a folder. */
  readonly dataFolder: string;
  /** BCP 47 tag of the language of the entries. Default "en". */
  readonly language?: string | undefined;
  readonly modelPlaces?: readonly ModelPlace[] | undefined;
  /** Folder of the built app, served at "/". */
  readonly appFolder?: string | undefined;
  /** Folder of the built widget: `pipit-search.js` and the files that it loads. */
  readonly widgetFolder?: string | undefined;
  readonly version?: string | undefined;
  /** Runtimes for MiniLM. Default: the faster of ONNX Runtime's library and the encoder kernel, measured once per machine. */
  readonly runtimes?: readonly ModelRuntime[] | undefined;
  /** Names of the settings in messages. Default: the environment variables. */
  readonly names?: SettingNames | undefined;
  /** Access rules. A key is required if other machines can reach `host`. */
  readonly access?: AccessOptions | undefined;
  /** Writes a line of JSON per request. Default: none. */
  readonly log?: WriteLine | undefined;
  /** Time limits of callers; a missing one has its default. */
  readonly patience?: Partial<Patience> | undefined;
  /** Replaces the starter and MiniLM. These models cannot be sent to another thread, so all work stays in this one. */
  readonly models?: ModelStates | undefined;
  /** Script of the API thread, which must import `@pipit/edge/api-thread`. Default: that module. */
  readonly apiThread?: URL | undefined;
}

export interface NodeServer {
  readonly url: string;
  /** The states of the models, in a sentence. */
  summary(): string;
  /** Finishes requests under way, saves snapshots and closes the folder's files. */
  close(): Promise<void>;
}

const RUNTIMES: readonly ModelRuntime[] = ["native", "kernel"];

/** Starts the server on Node: this thread reads requests and sends answers, another one embeds, stores and searches. */
export async function startNodeServer(options: NodeServerOptions): Promise<NodeServer> {
  const { dataFolder, modelPlaces = [], runtimes = RUNTIMES, appFolder, version = "0.1.0", models } = options;
  const { names = VARIABLE_NAMES } = options;
  const language = checkedLanguage(options.language ?? "en", names.language);
  await checkHost(options.host, names.host);
  checkPlaces(modelPlaces, names.models);
  const access = await boundAccess(options.host, options.access, names.host);
  await makeFolder(dataFolder, `Name another folder with ${names.data}.`);
  const runtime = `node ${process.versions.node}`;
  const asked = { dataFolder, modelPlaces, runtimes, language, version, runtime, key: access.key };
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
