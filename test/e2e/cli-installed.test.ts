import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minilmFolder } from "../fixtures/minilm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKED = ["@pipit/core", "@pipit/starter", "@pipit/wasm", "@pipit/edge", "@pipit/cli"];
/** Size limits of the packed packages. All but half a megabyte of the widget is ONNX Runtime's two modules and the starter's file. */
const MOST_MEGABYTES: Readonly<Record<string, number>> = {
  // A quarter of it is the projection of token vectors. Pictures in collections, codes and numbers took a fortieth more.
  "@pipit/core": 0.25,
  "@pipit/starter": 3.4,
  "@pipit/wasm": 0.4,
  "@pipit/browser": 0.1,
  "@pipit/widget": 13.9,
  "@pipit/edge": 0.2,
  "@pipit/cli": 0.05,
};
const MEGABYTE = 2 ** 20;
let folder: string;
let packages: readonly Packed[];

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

interface Done {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function run(program: string, args: readonly string[], cwd: string): Promise<Done> {
  const env = { ...process.env, NODE_OPTIONS: "" };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ status: error ? Number(error.code ?? 1) : 0, out, err });
    });
  });
}

async function must(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { status, out, err } = await run(program, args, cwd);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${out}${err}`);
  return out;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-installed-"));
  const [tarballs, home] = [join(folder, "tarballs"), join(folder, "home")];
  await Promise.all([mkdir(tarballs), mkdir(home)]);
  const rooms = Object.keys(MOST_MEGABYTES).flatMap((name) => ["-w", name]);
  packages = Object.values(
    JSON.parse(await must("npm", ["pack", "--json", "--pack-destination", tarballs, ...rooms], ROOT)),
  );
  const files = PACKED.map((name) => join(tarballs, packed(name).filename));
  // Optional dependencies are large, and this machine's Node may be new enough to run without them.
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--omit=optional"];
  await must("npm", ["install", "--prefix", home, ...quiet, ...files], home);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const packed = (name: string) => packages.find((each) => each.name === name)!;
const home = () => join(folder, "home");
const pipit = (...args: string[]) => run(join(home(), "node_modules/.bin/pipit"), args, home());

describe("pipit, packed and installed elsewhere", () => {
  test("tells help and version", async () => {
    expect((await pipit("--help")).out).toContain("pipit serve");
    expect((await pipit("--version")).out).toMatch(/^pipit \d+\.\d+\.\d+ on Node/);
  });

  test("brings its licence, and no sources, tests or build notes", async () => {
    for (const name of PACKED) {
      const names = await readdir(join(home(), "node_modules", name), { recursive: true });
      expect(names).toContain("LICENSE");
      expect(names.filter((path) => /(^|\/)(src|test)\/|\.test\.|tsbuildinfo/.test(path))).toEqual([]);
    }
  });

  test("names no file in its exports that is not there, whatever conditions are set", async () => {
    for (const name of PACKED) {
      const room = join(home(), "node_modules", name);
      const { exports } = JSON.parse(await readFile(join(room, "package.json"), "utf8"));
      expect(targetsOf(exports).filter((path) => !existsSync(join(room, path)))).toEqual([]);
      const code = `await import(${JSON.stringify(name === "@pipit/wasm" ? `${name}/node` : name)})`;
      const words = ["--conditions=pipit-source", "--input-type=module", "--eval", code];
      // The command's entry starts a program, so it is not imported.
      if (name !== "@pipit/cli") await must(process.execPath, words, home());
    }
  });

  test("doctor finds all that is needed", async () => {
    const { status, out } = await pipit("doctor", "--port", "0");
    expect(out).not.toContain("missing");
    expect(status).toBe(0);
  });

  test.skipIf(!minilmFolder)("pulls a model from a folder", async () => {
    const from = join(minilmFolder!, "..");
    const { out, err } = await pipit("models", "pull", "--from", from, "--to", join(folder, "models"));
    expect(err).toBe("");
    expect(out).toContain("lies in");
    const pulled = await readdir(join(folder, "models"), { recursive: true });
    expect(pulled.filter((path) => path.endsWith(".onnx"))).toHaveLength(1);
  });

  test("serves, and ends cleanly on a signal", async () => {
    const server = spawn(join(home(), "node_modules/.bin/pipit"), [
      "serve",
      "--port",
      "0",
      "--data",
      join(folder, "data"),
    ]);
    const url = await urlOf(server);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const body = JSON.stringify({ name: "docs" });
    const made = await fetch(`${url}/v1/collections`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(made.status).toBe(201);
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  test("ends when the process that a supervisor knows is killed", async () => {
    const entry = join(home(), "node_modules/@pipit/cli/bin/pipit.mjs");
    const server = spawn(process.execPath, [entry, "serve", "--port", "0", "--data", join(folder, "killed")]);
    const url = await urlOf(server);
    server.kill("SIGKILL");
    await expect
      .poll(
        () =>
          fetch(`${url}/health`).then(
            () => "answers",
            () => "gone",
          ),
        { timeout: 10_000 },
      )
      .toBe("gone");
  });

  test("an older Node without the one that npm brings says what to do", async ({ skip }) => {
    const older = await olderNode();
    if (!older) return skip("no Node before 24 is on this machine's PATH");
    const entry = join(home(), "node_modules/@pipit/cli/bin/pipit.mjs");
    const { status, err } = await run(older, [entry, "--version"], home());
    expect([status, err]).toEqual([
      1,
      expect.stringMatching(/^got Node \d+.*expected Node 24 or newer\. Install Node 24/),
    ]);
    const built = await run(older, [join(home(), "node_modules/@pipit/cli/dist/pipit.js"), "--version"], home());
    expect([built.status, built.err]).toEqual([1, expect.stringContaining("expected Node 24 or newer")]);
  });
});

describe.each(Object.keys(MOST_MEGABYTES))("%s, packed", (name) => {
  test("is small", () => {
    const megabytes = packed(name).size / MEGABYTE;
    console.log(`${name}: ${megabytes.toFixed(2)} MB packed`);
    const most = MOST_MEGABYTES[name]!;
    const [first, second] = packed(name).files.toSorted((a, b) => b.size - a.size);
    expect(
      megabytes,
      `${name} weighs ${megabytes.toFixed(2)} MB packed, and ${most} were enough so far; most of it are ${first?.path} and ${second?.path}. If what you added is worth it, raise MOST_MEGABYTES and say why.`,
    ).toBeLessThanOrEqual(most);
  });

  test("holds each large file once", () => {
    const large = packed(name).files.filter((file) => file.size > MEGABYTE / 4);
    const names = large.map(({ path }) => path.replace(/^.*\//, ""));
    expect(names).toEqual([...new Set(names)]);
  });
});

test("packing leaves the clone as it was", async () => {
  for (const room of ["packages/core", "packages/widget", "wasm", "edge"]) {
    const manifest = await readFile(join(ROOT, room, "package.json"), "utf8");
    expect(manifest).toContain("pipit-source");
    expect(existsSync(join(ROOT, room, "LICENSE"))).toBe(false);
  }
});

describe("pipit in a clone", () => {
  test("npx finds it", async () => {
    expect((await run("npx", ["--no-install", "pipit", "--version"], ROOT)).out).toMatch(/^pipit \d/);
  });

  test("an older Node hands over to the one that npm brought", async ({ skip }) => {
    const older = await olderNode();
    if (!older) return skip("no Node before 24 is on this machine's PATH");
    const { out } = await run(older, [join(ROOT, "packages/cli/bin/pipit.mjs"), "--version"], ROOT);
    expect(out).toMatch(/on Node 24/);
  });
});

/** All files in a package's `exports`, under any condition. */
function targetsOf(entry: unknown): string[] {
  return typeof entry === "string" ? [entry] : Object.values(entry as object).flatMap(targetsOf);
}

/** The address that the server prints once it listens. */
function urlOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (bytes: Buffer) => {
      said += bytes;
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url) resolve(url);
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", () => reject(new Error(`the server ended:\n${said}`)));
  });
}

/** An installed Node of this machine, not from npm, that is too old for Pipit. */
async function olderNode(): Promise<string | undefined> {
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(place, "node");
    if (place.includes("node_modules") || !existsSync(path)) continue;
    const version = (await must(path, ["--version"], tmpdir())).trim();
    return Number(version.slice(1).split(".")[0]) < 24 ? path : undefined;
  }
  return undefined;
}
