import type { EngineStats, SearchEngine } from "@pipit/core";
import { element, part } from "./element.ts";
import { bytesInWords, counted, milliseconds } from "./words.ts";

/** What is searched, for visitors. */
export interface Searched {
  readonly birds: number;
  readonly documents: number;
}

const NAMES: Readonly<Record<string, string>> = {
  starter: "the starter encoder",
  "minilm-fp32": "MiniLM (fp32)",
  "minilm-kernel": "MiniLM (int8)",
  "minilm-kernel-q8": "MiniLM (int8, packed here)",
  "minilm-q8": "MiniLM (int8, ONNX Runtime)",
};

const PLACES: Readonly<Record<string, string>> = { js: "JavaScript", wasm: "WebAssembly", webgpu: "WebGPU" };

/** The footer: a line for visitors, and behind "Details" the model, the reason for it, and figures. */
export async function showStatus(
  engines: readonly SearchEngine[],
  searched: Searched,
  median: number | undefined,
): Promise<void> {
  const [stats, estimate] = await Promise.all([
    Promise.all(engines.map((engine) => engine.stats())),
    storageEstimate(),
  ]);
  const [first] = stats;
  if (!first) return;
  part("status", HTMLElement).textContent = lineOf(searched);
  part("status-answer", HTMLElement).textContent = answerOf(first);
  const figures = figuresOf(stats, estimate?.usage, median);
  part("status-figures", HTMLUListElement).replaceChildren(...figures.map((figure) => element("li", {}, figure)));
}

function lineOf({ birds, documents }: Searched): string {
  const own = documents > 0 ? ` and ${counted(documents, "document")} of yours` : "";
  return `${counted(birds, "bird")}${own}, searched on this device.`;
}

function answerOf({ producer, backend, why }: EngineStats): string {
  return `Answered by ${NAMES[producer.name] ?? producer.name} on ${PLACES[backend] ?? backend}: ${why}`;
}

function figuresOf(stats: readonly EngineStats[], usage: number | undefined, median: number | undefined): string[] {
  const sum = (value: (one: EngineStats) => number) => stats.reduce((total, one) => total + value(one), 0);
  const entries = sum((one) => one.entries);
  const provisional = sum((one) => one.provisional);
  const recalls = stats.flatMap(({ recall }) => (recall === undefined ? [] : [recall]));
  return [
    `${counted(entries, "entry", "entries")} in the collections`,
    usage === undefined ? "" : `${bytesInWords(usage)} stored on this device`,
    median === undefined ? "" : `${milliseconds(median)} from a keystroke to its hits, as a median of this visit`,
    recalls.length > 0 ? `recall ${Math.min(...recalls).toFixed(2)}` : "",
    provisional > 0 && provisional < entries ? `${provisional} to be read again by the larger model` : "",
  ].filter(Boolean);
}

/** Undefined on plain http, which has no `navigator.storage`, and if site data are blocked. */
async function storageEstimate(): Promise<StorageEstimate | undefined> {
  const storage: StorageManager | undefined = navigator.storage;
  return storage?.estimate().catch(() => undefined);
}
