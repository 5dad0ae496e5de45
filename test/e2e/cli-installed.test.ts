import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minilmFolder } from "../fixtures/minilm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKED = ["@pipit/core", "@pipit/starter", "@pipit/wasm", "@pipit/edge", "@pipit/cli"];
let folder: string;

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
  await must("npm", ["pack", "--pack-destination", tarballs, ...PACKED.flatMap((name) => ["-w", name])], ROOT);
  const files = (await readdir(tarballs)).map((name) => join(tarballs, name));
  // What is optional is large, and this machine's Node may be new enough without it.
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--omit=optional"];
  await must("npm", ["install", "--prefix", home, ...quiet, ...files], home);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

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

  test("serves, and ends in order when told", async () => {
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

/** A Node of this machine's own, outside of what npm brings, that is too old to run Pipit itself. */
async function olderNode(): Promise<string | undefined> {
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(place, "node");
    if (place.includes("node_modules") || !existsSync(path)) continue;
    const version = (await must(path, ["--version"], tmpdir())).trim();
    return Number(version.slice(1).split(".")[0]) < 24 ? path : undefined;
  }
  return undefined;
}
