import type { Hit, SearchEngine, SearchOptions } from "@pipit/core";
import { PipitSearch, type Selection } from "@pipit/widget";
import { joined } from "../search/joined-engine.ts";
import type { Scope } from "./search-view.ts";
import { beginningOf } from "./words.ts";

const QUERY_CHARACTERS = 80;

export interface PaletteParts {
  /** Called for a chosen hit; the page's own search then runs its query. */
  chosen(scope: Scope, query: string): void;
  /** Called when a search failed. The palette itself shows the failure. */
  failed(): void;
}

/** Puts the search widget on the page. */
export function addPalette(engines: readonly SearchEngine[], { chosen, failed }: PaletteParts): void {
  const palette = new PipitSearch();
  palette.setAttribute("label", "Search everything");
  palette.setAttribute("placeholder", "The guide and your files");
  palette.engine = paletteEngine(engines);
  palette.addEventListener("pipit-select", (event) => {
    event.preventDefault();
    const { hit } = (event as CustomEvent<Selection>).detail;
    palette.close();
    chosen(isDocument(hit) ? "mine" : "guide", isDocument(hit) ? firstWords(hit) : titleOf(hit));
  });
  palette.addEventListener("pipit-error", failed);
  document.getElementById("palette")?.replaceChildren(palette);
}

/** Both collections as one engine whose hits carry the title that the widget shows. It only searches; it cannot write. */
function paletteEngine(engines: readonly SearchEngine[]): SearchEngine {
  const [first] = engines;
  if (!first) throw new Error("a palette needs an engine");
  const both = joined(engines);
  return {
    add: (entries, options) => first.add(entries, options),
    update: (id, patch) => first.update(id, patch),
    remove: (ids) => first.remove(ids),
    stats: () => first.stats(),
    close: () => Promise.resolve(),
    async search(query: string | Float32Array, options?: SearchOptions) {
      const result = await both.search(query, options);
      return { ...result, hits: result.hits.map(withTitle) };
    },
  };
}

function withTitle(hit: Hit): Hit {
  return { ...hit, entry: { ...hit.entry, fields: { ...hit.entry.fields, title: titleOf(hit) } } };
}

function titleOf({ id, entry: { fields } }: Hit): string {
  return String(fields?.name ?? fields?.path ?? id);
}

function firstWords({ passage }: Hit): string {
  return beginningOf(passage.text.replace(/\s+/g, " "), QUERY_CHARACTERS);
}

function isDocument({ entry }: Hit): boolean {
  return entry.fields?.path !== undefined;
}
