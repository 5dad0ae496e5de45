import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  circlesOf,
  isTest,
  neighboursOf,
  packagesOf,
  type SourceFile,
  sourceFiles,
  specifiersIn,
  strayArrows,
} from "./source-tree.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ROOMS = [
  "packages/core",
  "packages/media",
  "packages/starter",
  "packages/browser",
  "packages/widget",
  "packages/cli",
  "wasm",
  "edge",
  "apps/pwa",
  "bench",
  "test",
];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
const rootTools = Object.keys(manifestOf(".").devDependencies ?? {});

/** True for files that run at a user's, not tests, scripts or configurations. The files of `bench` and `test` run only here. */
const isShipped = (room: string, { path }: SourceFile) =>
  (path.startsWith(`${room}/src/`) && !path.endsWith(".test.ts")) || room === "bench" || room === "test";

describe.each(ROOMS)("%s", (room) => {
  const files = sourceFiles(root, room);
  const { name, dependencies, optionalDependencies, devDependencies } = manifestOf(room);
  const needed = Object.keys({ ...dependencies, ...optionalDependencies });

  test("imports only what its own package.json declares", () => {
    expect(
      strangers(
        files.filter((file) => isShipped(room, file)),
        [name, ...needed, ...toolsOf(room)],
      ),
    ).toEqual([]);
    const all = [name, ...needed, ...Object.keys(devDependencies ?? {}), ...rootTools];
    expect(strangers(files, all)).toEqual([]);
  });

  test("declares only what it imports", () => {
    const used = new Set(files.filter((file) => isShipped(room, file)).flatMap(packagesOf));
    expect(needed.filter((each) => !used.has(each) && !isNamedElsewhere(room, each))).toEqual([]);
  });

  test("reaches into no other room by path", () => {
    expect(reaches(files, room)).toEqual([]);
  });
});

/** Vitest and Vite are declared once, at the root; benchmarks and tests run with them. */
function toolsOf(room: string): readonly string[] {
  return room === "bench" || room === "test" ? rootTools : [];
}

/** Packages used without an import: npm's Node is started by its path, and a page's tool is passed to the browser as a file. */
function isNamedElsewhere(room: string, name: string): boolean {
  return (room === "packages/cli" && /^node-/.test(name)) || NAMED[room]?.includes(name) === true;
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  // Its compiled module is opened without the script around it.
  "packages/media": ["@jsquash/png"],
};

function strangers(files: readonly SourceFile[], declared: readonly string[]): string[] {
  return files.flatMap((file) =>
    packagesOf(file)
      .filter((name) => !declared.includes(name))
      .map((name) => `${file.path} imports ${name}`),
  );
}

function reaches(files: readonly SourceFile[], room: string): string[] {
  return files.flatMap((file) =>
    neighboursOf(file)
      .filter((path) => !path.startsWith(`${room}/`))
      .map((path) => `${file.path} imports ${path}`),
  );
}

describe("the house", () => {
  const files = ROOMS.flatMap((room) => sourceFiles(root, room));

  test("has no circle of files", () => {
    expect(circlesOf(files)).toEqual([]);
  });

  test("has no arrow between the stages of core but these", () => {
    expect(strayArrows(files, "packages/core/src", STAGES)).toEqual([]);
  });

  test("has no arrow between the rooms of the edge but these", () => {
    expect(strayArrows(files, "edge/src", EDGE)).toEqual([]);
  });

  test("has no arrow between the kernels", () => {
    expect(strayArrows(files, "wasm/src", KERNELS)).toEqual([]);
  });
});

/** The imports that each stage may have. No stage of the pipeline imports another one: the engine joins them. */
const STAGES = {
  ports: [],
  turns: [],
  checks: ["ports"],
  prepare: ["ports"],
  index: ["ports"],
  models: ["ports", "prepare"],
  tokens: ["ports"],
  embed: ["ports", "turns", "models", "tokens"],
  providers: ["ports", "models", "embed", "tokens"],
  cache: ["ports", "turns"],
  words: ["ports"],
  evaluation: [],
  search: ["ports", "checks", "words"],
  collection: ["ports", "turns", "checks", "index", "search", "tokens", "words"],
  engine: ["ports", "checks", "prepare", "search", "words"],
} as const;

/** The imports that each folder of the edge may have: a runtime never imports another one. */
const EDGE = {
  sql: [],
  app: ["sql"],
  client: ["app"],
  node: ["app", "sql"],
  cloudflare: ["app", "sql"],
} as const;

const KERNELS = { shared: [], search: ["shared"], encoder: ["shared"], tokens: ["shared"] } as const;

describe("a planted mistake is found:", () => {
  const file = (path: string, ...specifiers: string[]): SourceFile => ({ path, specifiers });

  test("a package that is not declared", () => {
    expect(strangers([file("wasm/src/a.ts", "left-pad/x", "@pipit/core")], ["@pipit/core"])).toEqual([
      "wasm/src/a.ts imports left-pad",
    ]);
  });

  test("a path into another room", () => {
    expect(reaches([file("wasm/src/a.ts", "./b.ts", "../../edge/src/b.ts")], "wasm")).toEqual([
      "wasm/src/a.ts imports edge/src/b.ts",
    ]);
  });

  test("a circle, of two files and of three", () => {
    const two = [file("a.ts", "./b.ts"), file("b.ts", "./a.ts")];
    const three = [file("x/c.ts", "../d.ts"), file("d.ts", "./e.ts"), file("e.ts", "./x/c.ts"), file("f.ts", "./d.ts")];
    expect(circlesOf([...two, ...three])).toEqual([
      ["a.ts", "b.ts", "a.ts"],
      ["x/c.ts", "d.ts", "e.ts", "x/c.ts"],
    ]);
  });

  test("an arrow back", () => {
    const files = [
      file("core/src/models/a.ts", "../embed/proof.ts", "../errors.ts"),
      file("core/src/embed/b.ts", "../models/a.ts"),
      file("core/src/core.ts", "./models/a.ts"),
    ];
    expect(strayArrows(files, "core/src", STAGES)).toEqual(["core/src/models/a.ts imports core/src/embed/proof.ts"]);
  });

  test("whatever the form of the import", () => {
    const text = `import "./a.ts";
import {
  b,
} from "./b.ts";
export type { C } from './c.ts';
const d = await import("./d.ts");`;
    expect(specifiersIn(text).sort()).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts"]);
    expect(isTest(file("a.test.ts"))).toBe(true);
  });
});
