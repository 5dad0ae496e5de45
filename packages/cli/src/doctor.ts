import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isPipitError } from "@pipit/core";
import { modelPlaces, modelSource, openSqlite } from "@pipit/edge/node";
import { pickEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import type { Command } from "./command.ts";

interface Finding {
  /** Whether Pipit does without it, only slower. */
  readonly isOptional?: true;
  readonly what: string;
  readonly right: boolean;
  readonly note: string;
}

/** Says what this machine can do, and what is missing for what it cannot. */
export const doctor: Command = {
  name: "doctor",
  usage: "doctor [--models LIST]",
  summary: "whether this machine has what Pipit uses",
  async run(args, print) {
    const options = { models: { type: "string", default: process.env.PIPIT_MODELS ?? "" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const findings = [
      node(),
      await sqlite(),
      await encoder(),
      await onnx(),
      starter(),
      ...(await places(modelPlaces(values.models))),
    ];
    for (const { what, right, note } of findings) print(`${right ? "ok     " : "missing"}  ${what}: ${note}`);
    return findings.every(({ right, isOptional }) => right || isOptional) ? 0 : 1;
  },
};

function node(): Finding {
  const right = Number(process.versions.node.split(".")[0]) >= 24;
  return {
    what: "Node 24",
    right,
    note: right ? process.version : `${process.version}; run through npm, which brings 24`,
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

async function onnx(): Promise<Finding> {
  const finding = await attempt("ONNX Runtime, which is quicker than the kernel", async () => {
    const { env } = await import("onnxruntime-node");
    return `version ${env.versions.node ?? env.versions.common}`;
  });
  return { ...finding, isOptional: true };
}

function starter(): Finding {
  const url = import.meta.resolve("@pipit/starter/starter.pipit");
  return { what: "starter encoder", right: existsSync(new URL(url)), note: new URL(url).pathname };
}

async function places(list: readonly string[]): Promise<Finding[]> {
  const look = (place: string) =>
    attempt(`models in ${place}`, async () => {
      const found = await modelSource(place).read("all-MiniLM-L6-v2/tokenizer.json", {});
      if (!found) throw new Error("no all-MiniLM-L6-v2 there");
      return "all-MiniLM-L6-v2 is there";
    });
  return Promise.all(list.map(look));
}

async function attempt(what: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { what, right: true, note: await work() };
  } catch (error) {
    const note = isPipitError(error) || error instanceof Error ? error.message : String(error);
    return { what, right: false, note };
  }
}
