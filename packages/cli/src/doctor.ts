import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { folderOf, isPipitError, MINILM, type ModelFile } from "@pipit/core";
import { inspectSqlite, listingOf, modelPlaces, modelSource, openSqlite, portOf } from "@pipit/edge/node";
import { pickEncoder, pickModule } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import type { Command } from "./command.ts";

interface Finding {
  /** True if Pipit works without this item: more slowly, or on another port. */
  readonly isOptional?: true;
  readonly what: string;
  readonly ok: boolean;
  readonly note: string;
}

/** Prints the abilities of this machine, and the missing parts for the rest. */
export const doctor: Command = {
  name: "doctor",
  summary: "check that this machine has what Pipit needs",
  options: {
    models: { value: "LIST", help: "folders or URLs with models, separated by commas (PIPIT_MODELS)" },
    data: { value: "FOLDER", help: "folder of collections (PIPIT_DATA, default .pipit)" },
    port: { value: "PORT", help: "port of the server (PORT, default 3000)" },
  },
  async run({ options }, print) {
    const { env } = process;
    const { models = env.PIPIT_MODELS ?? "", data = env.PIPIT_DATA ?? ".pipit", port = env.PORT ?? "3000" } = options;
    const number = portOf(port, options.port === undefined ? "PORT" : "--port");
    const list = modelPlaces(models, options.models === undefined ? "PIPIT_MODELS" : "--models");
    const findings = [
      node(),
      await sqlite(),
      await encoder(),
      search(),
      await onnx(),
      await starter(),
      await folder(data),
      ...(await database(join(data, "pipit.sqlite"))),
      await listening(number),
      key(env),
      ...(await places(list)),
    ];
    for (const { what, ok, isOptional, note } of findings) {
      print(`${ok ? "ok     " : isOptional ? "without" : "missing"}  ${what}: ${note}`);
    }
    return findings.every(({ ok, isOptional }) => ok || isOptional) ? 0 : 1;
  },
};

function node(): Finding {
  const ok = Number(process.versions.node.split(".")[0]) >= 24;
  return {
    what: "Node 24",
    ok,
    note: ok ? process.version : `${process.version}; run through npm, which brings 24`,
  };
}

async function sqlite(): Promise<Finding> {
  return attempt("SQLite", async () => {
    const database = await openSqlite(":memory:");
    await database.close();
    return "opens";
  });
}

async function encoder(): Promise<Finding> {
  return attempt("encoder kernel", async () => {
    const { build, measured } = await pickEncoder((name) => loadBuild(name, "encoder"));
    const times = Object.entries(measured).map(([name, microseconds]) => `${name} ${microseconds.toFixed(1)} us`);
    return `build ${build} (${times.join(", ")})`;
  });
}

function search(): Finding {
  const build = pickModule({ relaxed: "relaxed", simd: "plain" });
  return { what: "search kernels", ok: true, note: `${build} SIMD, ${availableParallelism()} cores` };
}

// The size of the smallest write of the database.
const PAGE_BYTES = 4096;

/** Checks the folder, or the nearest existing parent, in which it would be made. */
async function folder(path: string): Promise<Finding> {
  return attempt(`data folder ${path}`, async () => {
    let at = resolve(path);
    while (!existsSync(at)) at = dirname(at);
    if (!(await stat(at)).isDirectory()) throw new Error(`${at} is a file: name another folder`);
    // Checking the permission is not enough: some folders refuse writes in spite of it, and the disk may be full.
    const tried = await mkdtemp(join(at, ".pipit-")).catch(({ code }) => {
      throw new Error(`${at} refuses new files (${code}): name another folder`);
    });
    try {
      await writeFile(join(tried, "page"), new Uint8Array(PAGE_BYTES));
    } catch (error) {
      throw new Error(
        `${at} refuses bytes (${(error as { code?: string }).code}): free some space, or name another folder`,
      );
    } finally {
      await rm(tried, { recursive: true });
    }
    return at === resolve(path) ? "is writable" : "will be made at the first start";
  });
}

/** Checks the database of a folder that a server has used. A running server locks the file, which counts as sound. */
async function database(path: string): Promise<Finding[]> {
  if (!existsSync(path) && !existsSync(`${path}-wal`)) return [];
  const look = async () => {
    const { collections, entries } = await inspectSqlite(path);
    return `whole, ${collections} collections with ${entries} entries`;
  };
  const held = (error: unknown) => {
    if (!isPipitError(error, "storage-blocked")) throw error;
    return "a server has it open";
  };
  return [await attempt(`database ${path}`, () => look().catch(held))];
}

async function listening(port: number): Promise<Finding> {
  const finding = await attempt(`port ${port}`, () => {
    return new Promise((free, taken) => {
      const server = createServer().once("error", taken);
      server.listen(port, "127.0.0.1", () => server.close(() => free("is free")));
    });
  });
  return { ...finding, isOptional: true };
}

function key({ HOST = "127.0.0.1", PIPIT_KEY = "" }: NodeJS.ProcessEnv): Finding {
  const isLocal = /^(127\.|localhost$|::1$)/.test(HOST);
  const ok = isLocal || PIPIT_KEY !== "";
  const note = ok ? (PIPIT_KEY ? "PIPIT_KEY is set" : "not needed on loopback") : `HOST=${HOST} needs PIPIT_KEY`;
  return { what: "key", ok, note };
}

async function onnx(): Promise<Finding> {
  const finding = await attempt("ONNX Runtime, which is often faster than the kernel", async () => {
    const { env } = await import("onnxruntime-node");
    return `version ${env.versions.node ?? env.versions.common}`;
  });
  return { ...finding, isOptional: true };
}

async function starter(): Promise<Finding> {
  return attempt("starter encoder", async () => {
    const path = fileURLToPath(import.meta.resolve("@pipit/starter/starter.pipit"));
    await stat(path);
    return path;
  });
}

/** One finding per place, and one for all of them: the tokenizer may be in another place than the weights. */
async function places(list: readonly string[]): Promise<Finding[]> {
  if (list.length === 0) return [];
  const findings = await Promise.all(list.map((place) => attempt(`models in ${place}`, () => filesIn(place))));
  return [...findings, await attempt(`model ${MINILM.space.name}`, () => completeIn(list))];
}

async function filesIn(place: string): Promise<string> {
  const found = await filesOf([place]);
  if (found.length > 0) return found.join(", ");
  // Fails with the reason if the place cannot be read.
  await modelSource(place).read(`${folderOf(MINILM)}/${MINILM.tokenizer.path}`, {});
  throw new Error(`no file of ${MINILM.space.name} there`);
}

/** Fails unless the places together have the tokenizer and one file of weights. */
async function completeIn(list: readonly string[]): Promise<string> {
  const found = await filesOf(list);
  const has = ({ path }: ModelFile) => found.some((each) => each.endsWith(`/${path}`));
  if (!has(MINILM.tokenizer))
    throw new Error(`no place has its ${MINILM.tokenizer.path}: get it by \`pipit models pull\``);
  const weights = Object.values(MINILM.variants).filter((variant) => has(variant.weights));
  if (weights.length === 0) throw new Error("no place has its weights: get them by `pipit models pull`");
  return `complete (${weights.map(({ producer }) => producer.name).join(", ")})`;
}

async function filesOf(list: readonly string[]): Promise<string[]> {
  return [...(await listingOf(list))].flatMap(([path, bytes]) => (bytes === null ? [] : [path]));
}

async function attempt(what: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, note: await work() };
  } catch (error) {
    const note = isPipitError(error) || error instanceof Error ? error.message : String(error);
    return { what, ok: false, note };
  }
}
