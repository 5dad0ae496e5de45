import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The first served file of each build. A build that was interrupted or partly removed lacks one of them. */
const OUTPUTS = [
  "apps/pwa/dist/index.html",
  "apps/pwa/dist/sw.js",
  "packages/widget/dist/pipit-search.js",
  "packages/widget/dist/starter.pipit",
];
/** The sources of the built app. */
const SOURCES = [
  "packages/*/src/**/*.ts",
  "packages/starter/starter.pipit",
  "wasm/{src,build}/**/*",
  "apps/pwa/{index.html,*.ts}",
  "apps/pwa/{src,guide,public}/**/*",
];

/** Builds the app if it was never built or its sources are newer. An installed copy has no sources and is built already. */
export function buildMissing(root = ROOT): void {
  if (!existsSync(join(root, "apps/pwa/vite.config.ts")) || isFresh(root)) return;
  console.log("Building what is missing; this happens once and takes under a minute.");
  const build = spawnSync("npm", ["run", "build"], {
    cwd: root,
    // A test run may start this server, and its NODE_ENV would leave the service worker out.
    env: { ...process.env, NODE_ENV: "production" },
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (build.status === 0) return;
  throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
}

function isFresh(root: string): boolean {
  if (!OUTPUTS.every((path) => existsSync(join(root, path)))) return false;
  const changed = (path: string) => statSync(join(root, path)).mtimeMs;
  const built = Math.min(...OUTPUTS.slice(0, 3).map(changed));
  const sources = globSync(SOURCES, { cwd: root, exclude: (path) => path.endsWith(".test.ts") });
  return sources.every((path) => changed(path) <= built);
}
