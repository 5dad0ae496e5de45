import { HTTP_LIMITS } from "./limits.ts";

const MOST_CHARACTERS = 1024 * 1024;

/** Ids in as many lists as requests take; one empty list where there are none. */
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
