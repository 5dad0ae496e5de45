import { MINILM_MODEL, MINILM_SPACE, PipitError } from "@pipit/core";
import { once } from "./once.ts";
import type { HostParts } from "./tab-host.ts";

/**
 * The parts of the package's own host, in the worker and on the page's own thread. Each is loaded when it is asked for: the code that opens a
 * collection and searches it by words is less than half of all, and compiling the rest held up the first hits by a tenth of a second.
 */
export const shippedParts: HostParts = {
  space: MINILM_SPACE,
  async first(request) {
    // Its vectors need an index next: both are fetched together.
    kernels().catch(() => undefined);
    const { createStarterLoader } = await served(import("./starter-loader.ts"));
    return createStarterLoader(MINILM_SPACE)(request);
  },
  async better(request, options) {
    const load = await modelLoader().catch(({ got }: PipitError) => ({ none: got }));
    return "none" in load ? load : load(request, options);
  },
  indexName: "adaptive",
  index: async ({ threads }) => (await kernels()).loadIndex({ threads }),
  scorer: async () => (await kernels()).loadTokenScorer(),
};

const kernels = () => served(import("@pipit/wasm/web"));

const modelLoader = once(
  () => "",
  async () => {
    const [{ createModelLoader }, { loadMinilmProjection }] = await Promise.all([
      served(import("./model-loader.ts")),
      kernels(),
    ]);
    return createModelLoader({
      ...MINILM_MODEL,
      recipe: async () => (await import("@pipit/wasm/pack")).MINILM_RECIPE,
      projection: loadMinilmProjection,
    });
  },
);

function served<T>(part: Promise<T>): Promise<T> {
  return part.catch((cause) => {
    throw new PipitError("model-unavailable", {
      got: `no script of models and indexes: ${cause instanceof Error ? cause.message : cause}`,
      expected: "all files of the build",
      do: "Serve all files of the build, and keep those of the former build for pages that are still open.",
      cause,
    });
  });
}
