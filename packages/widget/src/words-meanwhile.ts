import { isPipitError, type SearchEngine } from "@pipit/core";

/** The engine, but while the starter cannot be had, as without a network, words answer. Each question tries to load it again. */
export function wordsMeanwhile(engine: SearchEngine): SearchEngine {
  return {
    add: (entries, options) => engine.add(entries, options),
    update: (id, patch) => engine.update(id, patch),
    remove: (ids) => engine.remove(ids),
    stats: () => engine.stats(),
    close: () => engine.close(),
    search: (query, options) =>
      engine.search(query, options).catch((error) => {
        if (!isPipitError(error, "model-unavailable")) throw error;
        return engine.search(query, { ...options, ranking: "words" });
      }),
  };
}
