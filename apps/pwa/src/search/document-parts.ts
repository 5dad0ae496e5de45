import { type Hit, LIMITS } from "@pipit/core";
import type { TabEngine } from "../engine.ts";
import { entryId } from "../files/ledger.ts";

export interface DocumentPart {
  readonly path: string;
  readonly part: number;
}

export interface PartText {
  readonly part: number;
  readonly text: string;
}

/** The calls of an engine that show a document. */
export type DocumentEngine = Pick<TabEngine, "entriesOf" | "search">;

/** The text of a part of one of the visitor's documents and of its neighbours, in their order. A part that is not stored is left out. */
export async function documentParts(engine: DocumentEngine, { path, part }: DocumentPart): Promise<PartText[]> {
  const ids = [part - 1, part, part + 1].map((number) => entryId(path, number - 1));
  // The address may name a path that is longer than that of any document.
  const entries = await engine.entriesOf(ids.filter((id) => id.length <= LIMITS.idCharacters));
  // The id of a file "a#2" is that of the second part of a file "a", too.
  const own = entries.filter(({ fields }) => fields?.path === path);
  return own.map(({ text, fields }) => ({ part: Number(fields?.part), text }));
}

/**
 * The hit of a query in one part of a document. Undefined if there is none: the part lacks the query's phrase or has a word that it excludes,
 * or the engine still compares words alone.
 */
export async function hitInPart(
  engine: DocumentEngine,
  { path, part }: DocumentPart,
  query: string,
): Promise<Hit | undefined> {
  if (query === "") return undefined;
  const filter = {
    and: [
      { field: "path", equals: path },
      { field: "part", equals: part },
    ],
  };
  const { hits } = await engine.search(query, { k: 1, filter });
  return hits[0];
}

export function partOf({ entry }: Hit): number {
  return typeof entry.fields?.part === "number" ? entry.fields.part : 1;
}
