import type { TextModelSpec } from "./text-model.ts";

/** What names a model's folder. */
export type ModelName = Pick<TextModelSpec, "hubName">;

/** Paths of a model's folder inside a source: a mirror has it under the short or the full name, a hub at its own address. */
export function foldersOf(spec: ModelName): string[] {
  const { hubName } = spec;
  return [...new Set([folderOf(spec), hubName, `${hubName}/resolve/main`])];
}

/** A model's folder in a mirror: the short name. */
export function folderOf({ hubName }: ModelName): string {
  return hubName.slice(hubName.lastIndexOf("/") + 1);
}

/** All places of a model's files inside a source, each with the size of the measured file. */
export function placesOf(spec: TextModelSpec): { readonly path: string; readonly bytes: number }[] {
  const files = [spec.tokenizer, ...Object.values(spec.variants).map(({ weights }) => weights)];
  return foldersOf(spec).flatMap((folder) =>
    files.map(({ path, accepts }) => ({ path: `${folder}/${path}`, bytes: accepts[0]?.bytes ?? 0 })),
  );
}
