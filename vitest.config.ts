import { configDefaults, defineConfig } from "vitest/config";

const conditions = ["pipit-source"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};
/** Tests that take seconds each. `npm test` and `npm run check` leave them to `npm run check:all`. */
const LONG = "**/*.long.test.ts";

const project = (name: string, include: string[], timeout: number, globalSetup: string[] = []) => ({
  ...shared,
  test: {
    name,
    include,
    globalSetup,
    exclude: [...configDefaults.exclude, "**/dist/**", ...(include.includes(LONG) ? [] : [LONG])],
    testTimeout: timeout,
    hookTimeout: timeout,
    // As the server is started: V8 may free code of several threads twice, and end the process.
    execArgv: ["--no-wasm-code-gc"],
  },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", ["{packages/*,wasm,edge,bench,apps/*}/**/*.test.ts"], 30_000),
      project("contracts", ["test/{contracts,routes,house}/**/*.test.ts"], 30_000),
      project("long", [LONG], 120_000),
      project("node", ["test/runtimes/node/**/*.test.ts"], 120_000),
      project("browser", ["test/runtimes/browser/**/*.test.ts"], 180_000, ["test/runtimes/browser/built-pages.ts"]),
      project("e2e", ["test/e2e/**/*.test.ts"], 180_000),
      "test/runtimes/*/vitest.config.ts",
    ],
  },
});
