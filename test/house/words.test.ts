import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Retired {
  /** A part of a name or of a comment, in any case. */
  readonly word: RegExp;
  readonly instead: string;
  /** Lines and paths in which the word has its ordinary meaning. */
  readonly except?: RegExp;
}

/** Words of our own for which the field has a term. */
const RETIRED: readonly Retired[] = [
  { word: /crew/i, instead: "thread pool" },
  { word: /\b(hire|enlist|dismiss)(s|d|ed)?\b/i, instead: "start, attach and stop a thread", except: /hire car/ },
  { word: /\b[Ll]ineups?\b/, instead: "model states" },
  { word: /contest|\bemploy/i, instead: "comparison; a process that is started" },
  { word: /\b[Rr]oads?\b|[a-z]Roads?\b|\bROADS?\b/, instead: "(execution) provider, way" },
  {
    word: /\bevened|\bevening\b/i,
    instead: "smoothed, smoothing (of activations)",
    except: /evening light|in the evening/,
  },
  { word: /tower/i, instead: "upper levels (of a graph)", except: /CLIP|^(bench|test|wasm\/src\/encoder)\// },
  { word: /breadth/i, instead: "ef, size of the candidate list" },
  { word: /\b(?:high|low)s\b|(?:High|Low)s\b/, instead: "minima and maxima; upper and lower (of nibbles)" },
  { word: /\blooks\b(?! [a-z])|[a-z]Looks\b/, instead: "checks; coarse codes", except: /looks"/ },
  {
    word: /wanted/i,
    instead: "capacity, k, target, expected",
    except: /(?:is|was|not|longer|or|95|\}) wanted/,
  },
  { word: /\bgive = (?!async|\()/, instead: "deadline" },
  { word: /buildMemory/, instead: "the fastest build, remembered" },
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

const PLANTED = [
  "const makeCrewRoom = 1;",
  "// Hired for a day.",
  'onnxRoad("webgpu")',
  "#heldBreadth(k)",
  "// The breadth of a walk.",
  "addLows(probe, sums)",
  "let highs = lows;",
  "touchLooks(slots, looks, count);",
  "++looks * CHECK_MS",
  "const wanted = Math.min(k, count);",
  "await buildMemory.read()",
  "times.push(search.wanted);",
  "setWork(WANTED, k);",
  "const give = Date.now() + MOST_WAIT_MS;",
];

const ORDINARY = [
  "the hire car",
  "broad, Broadcast",
  "// A walk looks at the upper plane; the low half of a lane is above.",
  "it was not wanted, and is wanted now",
  "a newer version, opened or wanted by another tab",
  "lists that give no advice",
];

test("a retired word is found in a name and in a comment", () => {
  expect(PLANTED.filter((line) => wordsIn("wasm/src/a.ts", line).length === 0)).toEqual([]);
  expect(wordsIn("wasm/src/a.ts", ORDINARY.join("\n"))).toEqual([]);
});
