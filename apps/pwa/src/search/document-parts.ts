import type { Filter, Hit } from "@pipit/core";
import type { Searcher } from "./joined-engine.ts";

export interface DocumentPart {
  readonly path: string;
  readonly part: number;
}

/**
 * A part of one of the visitor's documents with its neighbours, in their order; each with its passage that is nearest to the query. An
 * engine has no call that reads an entry, so that they are searched for: a part in a script that the model does not read
 * is found only if it shares words with the query.
 */
export async function documentParts(engine: Searcher, { path, part }: DocumentPart, query: string): Promise<Hit[]> {
  const filter: Filter = {
    and: [
      { field: "path", equals: path },
      { field: "part", range: { from: part - 1, to: part + 1 } },
    ],
  };
  const { hits } = await engine.search(query, { k: 3, filter });
  return hits.toSorted((a, b) => numberOf(a) - numberOf(b));
}

export function numberOf({ entry }: Hit): number {
  return typeof entry.fields?.part === "number" ? entry.fields.part : 1;
}
