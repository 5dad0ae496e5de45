import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A TypeScript file and its imports. */
export interface SourceFile {
  /** From the root of the tree, with "/". */
  readonly path: string;
  readonly specifiers: readonly string[];
}

const SKIPPED = new Set(["node_modules", "dist", "build", "assembly"]);

/** All TypeScript files below `folder` except declarations and built files, as paths from `root`. */
export function sourceFiles(root: string, folder = ""): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): SourceFile[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourceFiles(root, path);
    if (!/\.ts$/.test(path) || /\.d\.ts$/.test(path)) return [];
    return [{ path, specifiers: specifiersIn(readFileSync(join(root, path), "utf8")) }];
  });
}

const IMPORT =
  /(?:^|\s)(?:import|export)\b[^;"']*?from\s*["']([^"'$]+)["']|\bimport\(\s*(?:\/\*.*?\*\/\s*)?(?:import\.meta\.resolve\()?["']([^"'$]+)["']|^import\s+["']([^"'$]+)["']/gm;

export function specifiersIn(text: string): string[] {
  return Array.from(text.matchAll(IMPORT), (match) => match[1] ?? match[2] ?? match[3] ?? "");
}

/** Names of the packages that a file imports, without those of the platform and of the build. */
export function packagesOf({ specifiers }: SourceFile): string[] {
  const bare = specifiers.filter((name) => !/^(\.|node:|virtual:|cloudflare:)/.test(name));
  return bare.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

/** Paths from the root of the files that a file imports by a relative path. */
export function neighboursOf({ path, specifiers }: SourceFile): string[] {
  return specifiers.filter((name) => name.startsWith(".")).map((name) => join(dirname(path), name.split("?")[0]!));
}

export const isTest = ({ path }: SourceFile): boolean => path.endsWith(".test.ts");

/** For each group of files that import one another, a path from a file back to itself. */
export function circlesOf(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path]);
    const file = byPath.get(path);
    if (start >= 0 || done.has(path) || !file) return;
    for (const next of neighboursOf(file)) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}

/** Imports between folders directly below `folder` that `arrows` does not list. Files beside these folders may be imported by all. */
export function strayArrows(
  files: readonly SourceFile[],
  folder: string,
  arrows: Readonly<Record<string, readonly string[]>>,
): string[] {
  const stageOf = (path: string) => {
    const [stage, ...rest] = relative(folder, path).split("/");
    return rest.length > 0 && stage !== ".." ? stage : undefined;
  };
  return files.flatMap((file) => {
    const stage = stageOf(file.path);
    if (stage === undefined || isTest(file)) return [];
    const wrong = neighboursOf(file).filter((path) => {
      const other = stageOf(path);
      return other !== undefined && other !== stage && !arrows[stage]?.includes(other);
    });
    return wrong.map((path) => `${file.path} imports ${path}`);
  });
}
