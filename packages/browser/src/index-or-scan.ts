import { exactIndex, type IndexKind, isPipitError } from "@pipit/core";
import type { Limit } from "./tab-engine.ts";

/** The smallest valid module. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

export interface ChosenIndex {
  readonly index: IndexKind;
  readonly limit?: Limit;
}

/**
 * The host's index, or a scan in plain JavaScript if the index's module cannot be loaded. The scan gives the same answers, some ten times
 * slower, which does not matter for a few thousand entries.
 */
export async function indexOrScan(load: () => Promise<IndexKind>): Promise<ChosenIndex> {
  try {
    return { index: await load() };
  } catch (error) {
    // Wrong options are the caller's error.
    if (isPipitError(error, "bad-input")) throw error;
    return { index: exactIndex, limit: noModule(error) };
  }
}

function noModule(error: unknown): Limit {
  const refused = whyNoWebAssembly();
  const got = error instanceof Error ? error.message : String(error);
  return {
    what: "webassembly",
    got: refused ? `WebAssembly refused: ${refused}` : `no module of the search kernel: ${got}`,
    effect: "Search runs in plain JavaScript, which is slower and as exact.",
    do: refused
      ? "In the Content-Security-Policy of this page and of its worker's script, script-src must allow 'wasm-unsafe-eval'."
      : "Serve all files of the build beside the script.",
  };
}

function whyNoWebAssembly(): string | undefined {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
