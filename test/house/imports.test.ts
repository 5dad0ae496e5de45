import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["packages/core", "packages/starter", "packages/browser", "packages/widget", "wasm", "edge", "apps/pwa"];

describe.each(rooms)("%s", (room) => {
  const manifest = JSON.parse(readFileSync(join(root, room, "package.json"), "utf8"));
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const declared = new Set([manifest.name, ...wanted]);
  const sources = sourceFiles(join(root, room, "src"));

  test("imports only what its own package.json declares", () => {
    const strangers = sources.flatMap((file) =>
      packagesIn(file)
        .filter((name) => !declared.has(name))
        .map((name) => `${file.slice(root.length)} imports ${name}`),
    );
    expect(strangers).toEqual([]);
  });

  test("declares only what it imports", () => {
    const used = new Set(sources.flatMap(packagesIn));
    const unused = wanted.filter((name) => !used.has(name));
    expect(unused).toEqual([]);
  });

  test("never reaches into another room by path", () => {
    const strays = sources.filter((file) => relativeImports(file).some((path) => outside(file, path, room)));
    expect(strays).toEqual([]);
  });
});

describe("packages/core", () => {
  const core = join(root, "packages/core/src");

  test("stages do not import one another; the engine joins them", () => {
    const stages = ["prepare", "embed", "remember"];
    const crossed = stages.flatMap((stage) =>
      sourceFiles(join(core, stage)).filter((file) =>
        relativeImports(file).some((path) => stages.some((other) => other !== stage && path.includes(`/${other}/`))),
      ),
    );
    expect(crossed).toEqual([]);
  });
});

function sourceFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function specifiers(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const pattern =
    /(?:^|\s)(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']|^import\s+["']([^"']+)["']/gm;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function packagesIn(file: string): string[] {
  const bare = specifiers(file).filter((name) => !/^(\.|node:|virtual:|cloudflare:)/.test(name));
  return bare.map((name) =>
    name
      .split("/")
      .slice(0, name.startsWith("@") ? 2 : 1)
      .join("/"),
  );
}

function relativeImports(file: string): string[] {
  return specifiers(file).filter((name) => name.startsWith("."));
}

function outside(file: string, path: string, room: string): boolean {
  return !join(file, "..", path).startsWith(join(root, room));
}
