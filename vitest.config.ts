import { configDefaults, defineConfig } from "vitest/config";

const conditions = ["pipit-source"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};
/** Tests that take seconds each. `npm test` and `npm run check` leave them to `npm run check:all`. */
const LONG = "**/*.long.test.ts";
/** Tests that replace modules or globals, or count what a process holds: each file has a process of its own. */
const ALONE = "**/*.alone.test.ts";

/**
 * In the quick check files share processes, because starting one for each takes longer than most tests. In `npm run check:all` each
 * has its own, so that none depends on another.
 */
const ISOLATED = process.env.PIPIT_FULL !== undefined;

interface Project {
  readonly name: string;
  readonly include: string[];
  readonly isolate?: boolean;
  readonly timeout: number;
  readonly globalSetup?: string[];
  readonly setupFiles?: string[];
}

const project = ({ timeout, ...options }: Project) => ({
  ...shared,
  test: {
    ...options,
    exclude: [
      ...configDefaults.exclude,
      "**/dist/**",
      ...[LONG, ALONE].filter((kind) => !options.include.includes(kind)),
    ],
    testTimeout: timeout,
    hookTimeout: timeout,
    // What is awaited comes late on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    // As the server is started: V8 may free code of several threads twice, and end the process.
    execArgv: ["--no-wasm-code-gc"],
  },
});

export default defineConfig({
  test: {
    projects: [
      project({
        name: "unit",
        include: ["{packages/*,wasm,edge,bench,apps/*}/**/*.test.ts"],
        isolate: ISOLATED,
        setupFiles: ["test/leave-as-found.ts"],
        timeout: 30_000,
      }),
      project({
        name: "contracts",
        include: ["test/{contracts,routes,house}/**/*.test.ts"],
        isolate: ISOLATED,
        setupFiles: ["test/leave-as-found.ts"],
        timeout: 30_000,
      }),
      project({ name: "alone", include: [ALONE], timeout: 30_000 }),
      project({ name: "long", include: [LONG], timeout: 120_000 }),
      project({ name: "node", include: ["test/runtimes/node/**/*.test.ts"], timeout: 120_000 }),
      project({
        name: "browser",
        include: ["test/runtimes/browser/**/*.test.ts"],
        timeout: 180_000,
        globalSetup: ["test/runtimes/browser/built-pages.ts"],
      }),
      project({ name: "e2e", include: ["test/e2e/**/*.test.ts"], timeout: 180_000 }),
      "test/runtimes/*/vitest.config.ts",
    ],
  },
});
