import { type AddProgress, PipitError, type SearchEngine } from "@pipit/core";

export const ENGINE_ATTRIBUTES: readonly string[] = ["edge", "collection", "source", "starter"];

/** Reads an attribute; null where it is absent. */
export type ReadAttribute = (name: string) => string | null;

/**
 * The engine that attributes ask for. Both kinds are loaded when first needed, so a page pays for what it uses alone.
 * Fails with `bad-input` when no attribute names a place to search.
 */
export function engineFrom(read: ReadAttribute, onProgress: (progress: AddProgress) => void): Promise<SearchEngine> {
  const [edge, source] = [read("edge"), read("source")];
  if (edge !== null) return edgeEngine(edge, read("collection"));
  if (source !== null) return sourceEngine(source, read("starter"), onProgress);
  return Promise.reject(noEngine());
}

async function edgeEngine(edge: string, collection: string | null): Promise<SearchEngine> {
  const { createEdgeEngine } = await import("@pipit/edge/client");
  return createEdgeEngine({ url: absolute(edge), collection: collection ?? "default" });
}

async function sourceEngine(
  source: string,
  starter: string | null,
  onProgress: (progress: AddProgress) => void,
): Promise<SearchEngine> {
  const { openSource } = await import("./source-engine.ts");
  // Whoever serves the script serves the starter encoder beside it, so neither asks another origin.
  const starterUrl =
    starter === null ? new URL(/* @vite-ignore */ "starter.pipit", import.meta.url) : absolute(starter);
  return openSource({ url: absolute(source), starterUrl: String(starterUrl), onProgress });
}

function absolute(url: string): string {
  return new URL(url, document.baseURI).href;
}

function noEngine(): PipitError {
  return new PipitError("bad-input", {
    got: "a <pipit-search> without an engine",
    expected: "its property `engine`, or the attribute `source` or `edge`",
    do: 'Give it one of the three, for example source="entries.json".',
  });
}
