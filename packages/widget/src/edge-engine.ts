import { explained } from "@pipit/browser/explained";
import type { SearchEngine } from "@pipit/core";
import { createEdgeEngine, type EdgeEngineOptions } from "@pipit/edge/client";

/** The engine of a Pipit edge. If the page's Content-Security-Policy refuses a search, the error names the directive to change. */
export function openEdge(options: EdgeEngineOptions): SearchEngine {
  const engine = createEdgeEngine(options);
  const search = engine.search.bind(engine);
  engine.search = (query, asked) => explained(() => search(query, asked));
  return engine;
}
