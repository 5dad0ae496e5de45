import type { StoredEntry } from "./ports/entry-store.ts";

/** The rows of an entry, in all spaces. */
export function rowsOf({
  passages,
  further = [],
}: Pick<StoredEntry, "passages"> & { further?: RowsOfFurther }): number[] {
  return [...passages, ...further.flatMap(({ parts }) => parts)].map(({ row }) => row);
}

type RowsOfFurther = readonly { readonly parts: readonly { readonly row: number }[] }[] | undefined;
