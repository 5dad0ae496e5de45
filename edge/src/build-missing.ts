import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What is served first of each room: a build that was broken off, or partly removed, lacks one of them. */
const OUTPUTS = [
  "apps/pwa/dist/index.html",
  "apps/pwa/dist/sw.js",
  "packages/widget/dist/pipit-search.js",
  "packages/widget/dist/starter.pipit",
];
/** What the built app is made of. */
const SOURCES = [
  "packages/*/src/**/*.ts",
  "packages/starter/starter.pipit",
  "wasm/{src,build}/**/*",
  "apps/pwa/{index.html,*.ts}",
  "apps/pwa/{src,guide,public}/**/*",
];

/** Builds the app when it was never built or its sources are newer. An installed copy has no sources: all is built already. */
export function buildMissing(): void {
  if (!existsSync(`${ROOT}/apps/pwa/vite.config.ts`) || isFresh()) return;
  console.log("Building what is missing; this happens once and takes under a minute.");
  const build = spawnSync("npm", ["run", "build"], {
    cwd: ROOT,
    // Whoever starts this server may be a test run, whose NODE_ENV would leave the service worker out.
    env: { ...process.env, NODE_ENV: "production" },
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (build.status === 0) return;
  throw new Error(`the build failed:\n${build.stdout}${build.stderr}`);
}

function isFresh(): boolean {
  if (!OUTPUTS.every((path) => existsSync(`${ROOT}/${path}`))) return false;
  const built = Math.min(...OUTPUTS.slice(0, 3).map((path) => statSync(`${ROOT}/${path}`).mtimeMs));
  const sources = globSync(SOURCES, { cwd: ROOT, exclude: (path) => path.endsWith(".test.ts") });
  return sources.every((path) => statSync(`${ROOT}/${path}`).mtimeMs <= built);
}
