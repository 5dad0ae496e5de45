import type { Hit, SearchEngine, SearchOptions } from "@pipit/core";
import { PipitSearch, type Selection } from "@pipit/widget";
import { joined } from "../search/joined-engine.ts";
import { pageOfHit } from "../search/page-of-hit.ts";
import { addressOf, placeOf } from "../search/place-address.ts";
import { NO_CHOICE, type Place } from "../search/question.ts";
import { PARTS_EACH, searchDocuments } from "../search/search-documents.ts";

export interface PaletteParts {
  /** Called for a hit that is opened in this tab. */
  opened(place: Place): void;
  /** Called when a search failed. The palette itself shows the failure. */
  failed(): void;
}

/** Puts the search widget on the page. Each hit is a link to its bird or document, which a new tab follows by its address. */
export function addPalette(engines: readonly SearchEngine[], { opened, failed }: PaletteParts): void {
  const palette = new PipitSearch();
  palette.setAttribute("label", "Search everything");
  palette.setAttribute("placeholder", "The guide and your files");
  palette.engine = paletteEngine(engines);
  palette.addEventListener("pipit-select", (event) => {
    const { hit, newTab } = (event as CustomEvent<Selection>).detail;
    if (newTab) return;
    event.preventDefault();
    palette.close();
    opened(placeOf(String(hit.entry.fields?.url)));
  });
  palette.addEventListener("pipit-error", failed);
  document.getElementById("palette")?.replaceChildren(palette);
}

/** Both collections as one engine whose hits carry the title and the address that the widget shows. It only searches; it cannot write. */
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
    async search(query: string | Float32Array, options: SearchOptions = {}) {
      const { k = 10, ...others } = options;
      const { result, groups } = await searchDocuments(both, query, { ...others, documents: k, partsEach: PARTS_EACH });
      // Of a document with several parts the best is shown.
      return { ...result, hits: groups.slice(0, k).map(({ best }) => withLink(best, String(query))) };
    },
  };
}

function withLink(hit: Hit, text: string): Hit {
  const question = { text, scope: "all", choice: NO_CHOICE } as const;
  const url = addressOf({ question, page: pageOfHit(hit) });
  return { ...hit, entry: { ...hit.entry, fields: { ...hit.entry.fields, title: titleOf(hit), url } } };
}

function titleOf({ id, entry: { fields } }: Hit): string {
  return String(fields?.path ?? fields?.name ?? id);
}
