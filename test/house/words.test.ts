import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Retired {
  /** A part of a name or of a comment, whatever its case. */
  readonly word: RegExp;
  readonly instead: string;
  /** Where the word has its ordinary meaning. */
  readonly except?: RegExp;
}

/** Words of our own for which the field has a term. */
const RETIRED: readonly Retired[] = [
  { word: /crew/i, instead: "thread pool" },
  { word: /\b(hire|enlist|dismiss)(s|d|ed)?\b/i, instead: "start, attach and stop a thread", except: /hire car/ },
  { word: /\b[Ll]ineups?\b/, instead: "model states" },
  { word: /contest|\bemploy/i, instead: "comparison; a process that is started" },
  { word: /\b[Rr]oads?\b|[a-z]Roads?\b|\bROADS?\b/, instead: "(execution) provider, way" },
  { word: /\bevened|\bevening\b/i, instead: "smoothed, smoothing (of activations)", except: /evening light/ },
  { word: /tower/i, instead: "upper levels (of a graph)", except: /CLIP|^(bench|test|wasm\/src\/encoder)\// },
];

function wordsIn(path: string, text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, at) =>
      RETIRED.filter(({ word, except }) => word.test(line) && !except?.test(line) && !except?.test(path)).map(
        ({ instead }) => `${path}:${at + 1}: say "${instead}": ${line.trim()}`,
      ),
    );
}

const own = (path: string) => path !== "test/house/words.test.ts" && /\.(ts|mjs|md)$/.test(path);

test("names, comments and documents have the field's terms", () => {
  const paths = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n").filter(own);
  expect(paths.length).toBeGreaterThan(900);
  expect(
    paths.flatMap((path) => [...wordsIn(path, path), ...wordsIn(path, readFileSync(join(root, path), "utf8"))]),
  ).toEqual([]);
});

test("private members are private at run time, too: `#name`, except constructors", () => {
  const isTypedOnly = (text: string) => /^\s+private (?!constructor\b)/m.test(text);
  const paths = execFileSync("git", ["ls-files", "*.ts"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  expect(paths.filter((path) => isTypedOnly(readFileSync(join(root, path), "utf8")))).toEqual([]);
  expect(isTypedOnly("class A {\n  private a = 1;")).toBe(true);
});

test("a retired word is found in a name and in a comment", () => {
  const text = 'const makeCrewRoom = 1;\n// Hired for a day.\nthe hire car\nonnxRoad("webgpu")\nbroad, Broadcast';
  expect(wordsIn("wasm/src/a.ts", text).map((found) => found.split(":")[1])).toEqual(["1", "2", "4"]);
});
