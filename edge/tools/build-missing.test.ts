import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { buildMissing } from "./build-missing.ts";

const BUILT = [
  "apps/pwa/dist/index.html",
  "apps/pwa/dist/sw.js",
  "packages/widget/dist/pipit-search.js",
  "packages/widget/dist/starter.pipit",
];

let root: string;

/** Writes a file whose modification time is `seconds` after a fixed start. */
function write(path: string, seconds: number) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  utimesSync(file, seconds, seconds);
}

/** An `npm` that records its calls and ends with this status. */
function npmThatEndsWith(status: number) {
  const npm = join(root, "bin/npm");
  mkdirSync(dirname(npm));
  writeFileSync(npm, `#!/bin/sh\necho "$NODE_ENV: $*" >> calls\necho "what the build says" >&2\nexit ${status}\n`);
  chmodSync(npm, 0o755);
  vi.stubEnv("PATH", `${dirname(npm)}${delimiter}${process.env.PATH}`);
}

const calls = () => (existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8") : "");

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pipit-build-"));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  write("apps/pwa/vite.config.ts", 10);
  write("packages/core/src/search/rank.ts", 10);
  for (const path of BUILT) write(path, 20);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

// The replacement for npm is a shell script.
describe.skipIf(process.platform === "win32")("the app", () => {
  test("that is built and newer than its sources is left alone, whatever tests are newer", () => {
    npmThatEndsWith(0);
    write("packages/core/src/search/rank.test.ts", 30);
    buildMissing(root);
    expect(calls()).toBe("");
  });

  test.each(BUILT)("without %s is built as it is shipped", (path) => {
    npmThatEndsWith(0);
    rmSync(join(root, path));
    buildMissing(root);
    expect(calls()).toBe("production: run build\n");
  });

  test.each([
    "packages/core/src/search/rank.ts",
    "packages/starter/starter.pipit",
    "wasm/src/search/search.ts",
    "apps/pwa/index.html",
    "apps/pwa/guide/birds.md",
  ])("is built again after a change of %s", (path) => {
    npmThatEndsWith(0);
    write(path, 30);
    buildMissing(root);
    expect(calls()).toBe("production: run build\n");
  });

  test("of an installed copy, which has no sources, is left alone", () => {
    npmThatEndsWith(0);
    rmSync(join(root, "apps/pwa/vite.config.ts"));
    rmSync(join(root, "apps/pwa/dist"), { recursive: true });
    buildMissing(root);
    expect(calls()).toBe("");
  });

  test("that cannot be built fails with what the build says", () => {
    npmThatEndsWith(1);
    write("packages/core/src/search/rank.ts", 30);
    expect(() => buildMissing(root)).toThrow("what the build says");
  });
});
