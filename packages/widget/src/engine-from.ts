import { PipitError, type SearchEngine } from "@pipit/core";
import { MissingPart } from "./remedy.ts";
import type { Filling } from "./source-engine.ts";

export const ENGINE_ATTRIBUTES: readonly string[] = ["edge", "collection", "source", "starter"];

/** Reads an attribute; null where it is absent. */
export type ReadAttribute = (name: string) => string | null;

/**
 * The engine that the attributes describe. Each kind is loaded on demand, so that a page loads only the code it uses.
 * Fails with `bad-input` if no attribute names a place to search, or one is not a URL, with `remote-failed` if the engine's code is
 * not served, and with `aborted`.
 */
export function engineFrom(read: ReadAttribute, filling: Filling): Promise<SearchEngine> {
  const [edge, source] = [read("edge"), read("source")];
  if (edge !== null) return edgeEngine(edge, read("collection"));
  if (source !== null) return sourceEngine(source, read("starter"), filling);
  return Promise.reject(noEngine());
}

async function edgeEngine(edge: string, collection: string | null): Promise<SearchEngine> {
  const remote = await import("./edge-engine.ts").catch(missingPart);
  return remote.openEdge({ url: absolute("edge", edge), collection: collection ?? "default" });
}

async function sourceEngine(source: string, starter: string | null, filling: Filling): Promise<SearchEngine> {
  const tab = await import("./source-engine.ts").catch(missingPart);
  // The starter encoder is served beside the script, from the same origin.
  const starterUrl =
    starter === null ? new URL(/* @vite-ignore */ "starter.pipit", import.meta.url) : absolute("starter", starter);
  return tab.openSource({ url: absolute("source", source), starterUrl: String(starterUrl), ...filling });
}

function absolute(attribute: string, url: string): string {
  if (URL.canParse(url, document.baseURI)) return new URL(url, document.baseURI).href;
  throw new PipitError("bad-input", {
    got: `${attribute}=${JSON.stringify(url.slice(0, 60))}`,
    expected: "a URL, absolute or relative to the page",
    do: `Correct the attribute ${attribute}.`,
  });
}

/** Reports a chunk of the build that was not loaded. The next search requests it again. */
export function missingPart(cause: unknown): never {
  throw new MissingPart("remote-failed", {
    got: String(cause),
    expected: "all files of the build",
    do: "Serve them, and keep those of the former build for open pages.",
    cause,
  });
}

function noEngine(): PipitError {
  return new PipitError("bad-input", {
    got: "no engine",
    expected: "a property `engine`, or an attribute `source` or `edge`",
    do: 'Give it one, as source="entries.json".',
  });
}
