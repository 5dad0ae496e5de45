import { HTTP_LIMITS } from "../app/limits.ts";

const MOST_CHARACTERS = 1024 * 1024;

/** Divides ids into lists, one per request; without ids it returns one empty list. */
export function idBatches(ids: readonly string[]): string[][] {
  const batches: string[][] = [[]];
  let characters = 0;
  for (const id of ids) {
    const last = batches.at(-1)!;
    if (last.length === HTTP_LIMITS.idsPerCall || characters > MOST_CHARACTERS) {
      batches.push([id]);
      characters = id.length;
      continue;
    }
    last.push(id);
    characters += id.length;
  }
  return batches;
}
