import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import program from "workerd";

/** The bench's worker in a workerd process of its own, without wrangler's proxies, so that the process holds nothing else. */
export interface Isolate {
  greet(): Promise<void>;
  load(packed: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Row-major. */
  embed(texts: readonly string[]): Promise<Float32Array>;
  residentBytes(): number;
  stop(): Promise<void>;
}

const WASM = "@pipit/wasm/encoder-maddubs.wasm";
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "${WASM}", wasm = embed "encoder.wasm"),
  ],
  bindings = [(name = "TOKENIZER", data = embed "tokenizer.json")],
  compatibilityDate = "2026-10-01",
);
`;

export async function startIsolate(tokenizer: Uint8Array): Promise<Isolate> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-isolate-"));
  await writeFile(join(folder, "worker.js"), await bundled());
  await writeFile(join(folder, "tokenizer.json"), tokenizer);
  await writeFile(join(folder, "config.capnp"), CONFIG);
  await copyFile(fileURLToPath(import.meta.resolve(WASM)), join(folder, "encoder.wasm"));
  const options = ["serve", join(folder, "config.capnp"), "--control-fd=3"];
  const child = spawn(program.default, options, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const stop = async () => {
    const ended = once(child, "exit");
    if (child.kill()) await ended;
    await rm(folder, { recursive: true });
  };
  try {
    return { ...talkTo(`http://127.0.0.1:${await portOf(child)}/`), residentBytes: () => rssOf(child.pid!), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function talkTo(url: string): Pick<Isolate, "greet" | "load" | "embed"> {
  const ask = async (init: RequestInit) => {
    const response = await fetch(url, init);
    if (!response.ok) throw new Error(`got ${response.status} from workerd: ${await response.text()}`);
    return response.arrayBuffer();
  };
  return {
    greet: async () => void (await ask({ method: "GET" })),
    load: async (packed) => void (await ask({ method: "PUT", body: packed })),
    embed: async (texts) => new Float32Array(await ask({ method: "POST", body: JSON.stringify(texts) })),
  };
}

/** workerd writes its port to its third pipe. */
async function portOf(child: ChildProcess): Promise<number> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`got the end (${code}) of workerd, expected a port`);
  });
  const [said] = await Promise.race([once(child.stdio[3] as Readable, "data"), ended]);
  return JSON.parse(String(said).split("\n")[0]!).port;
}

function rssOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
}

async function bundled(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    resolve: { conditions: ["pipit-source"] },
    ssr: { noExternal: true, target: "webworker", resolve: { conditions: ["pipit-source"] } },
    build: {
      ssr: fileURLToPath(new URL("worker.ts", import.meta.url)),
      write: false,
      rolldownOptions: { external: [WASM] },
    },
  });
  const [first] = Array.isArray(made) ? made : [made];
  if (first && "output" in first) return first.output[0].code;
  throw new Error("got no bundle of the worker, expected one file");
}
