import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { safePath } from "./safe-path.ts";

export interface PlainFile {
  readonly path: string;
  readonly facts: Stats;
}

/** The plain file inside `folder` that a URL's path names, or undefined. */
export async function plainFile(folder: string, urlPath: string): Promise<PlainFile | undefined> {
  const path = safePath(folder, urlPath);
  if (path === undefined) return undefined;
  const facts = await stat(path).catch(() => undefined);
  return facts?.isFile() ? { path, facts } : undefined;
}
