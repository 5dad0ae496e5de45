import {
  createEngine,
  createMemoryStore,
  exactIndex,
  openCollection,
  PipitError,
  type SearchEngine,
  type SearchOptions,
} from "@pipit/core";
import "@pipit/widget";
import { BAG_SPACE, createBagEmbedder } from "../../../../fixtures/bag-embedder.ts";
import { entries } from "./entries.ts";
import "./page-window.ts";

/** The in-process engine over the field guide, which a test can make slow or fail. */
async function guideEngine(): Promise<SearchEngine> {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  const engine = createEngine({
    collection,
    embedder: createBagEmbedder(),
    backend: "js",
    why: "the test asks for it",
  });
  await engine.add(entries);
  return engine;
}

const engine = await guideEngine();
const search = engine.search.bind(engine);

window.guide = {
  engine,
  held: {},
  failure: undefined,
  asked: [],
  answered: [],
  aborted: [],
};

engine.search = async (query: string | Float32Array, options?: SearchOptions) => {
  const text = String(query);
  window.guide.asked.push(text);
  options?.signal?.addEventListener("abort", () => window.guide.aborted.push(text));
  await window.guide.held[text];
  if (window.guide.failure) throw window.guide.failure;
  // An engine that ignores the abort: its late answer must not be shown.
  const result = await search(query, { ...options, signal: undefined, minScore: options?.minScore ?? 0.01 });
  window.guide.answered.push(text);
  return result;
};

const releases = new Map<string, () => void>();
window.hold = (query) => {
  window.guide.held[query] = new Promise((resolve) => releases.set(query, resolve));
};
window.release = (query) => releases.get(query)?.();

window.failWith = (advice) => {
  window.guide.failure = advice
    ? new PipitError("remote-failed", { got: "nothing", expected: "an answer", do: advice })
    : undefined;
};
for (const element of document.querySelectorAll("pipit-search")) element.engine = engine;
window.ready = true;
