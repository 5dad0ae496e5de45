import type { EngineStats, SearchEngine } from "@pipit/core";
import { part } from "./element.ts";
import { bytesInWords, counted, milliseconds } from "./words.ts";

const NAMES: Readonly<Record<string, string>> = {
  starter: "the starter encoder",
  "minilm-fp32": "MiniLM (fp32)",
  "minilm-kernel": "MiniLM (int8)",
  "minilm-kernel-q8": "MiniLM (int8, packed here)",
  "minilm-q8": "MiniLM (int8, ONNX Runtime)",
};

const PLACES: Readonly<Record<string, string>> = { js: "JavaScript", wasm: "WebAssembly", webgpu: "WebGPU" };

/** The footer: model, backend, the reason for both, and the amount of stored data. */
export async function showStatus(engines: readonly SearchEngine[], median: number | undefined): Promise<void> {
  const [stats, estimate] = await Promise.all([
    Promise.all(engines.map((engine) => engine.stats())),
    storageEstimate(),
  ]);
  const [first] = stats;
  if (!first) return;
  part("status-answer", HTMLElement).textContent = answerOf(first);
  part("status-figures", HTMLElement).textContent = figuresOf(stats, estimate?.usage, median);
}

function answerOf({ producer, backend, why }: EngineStats): string {
  return `Answered by ${NAMES[producer.name] ?? producer.name} on ${PLACES[backend] ?? backend}: ${why}`;
}

function figuresOf(stats: readonly EngineStats[], usage: number | undefined, median: number | undefined): string {
  const sum = (value: (one: EngineStats) => number) => stats.reduce((total, one) => total + value(one), 0);
  const provisional = sum((one) => one.provisional);
  const recalls = stats.flatMap(({ recall }) => (recall === undefined ? [] : [recall]));
  return [
    counted(
      sum((one) => one.entries),
      "entry",
      "entries",
    ),
    usage === undefined ? "" : `${bytesInWords(usage)} stored on this device`,
    median === undefined ? "" : `median answer ${milliseconds(median)}`,
    recalls.length > 0 ? `recall ${Math.min(...recalls).toFixed(2)}` : "",
    provisional > 0 && provisional < sum((one) => one.entries) ? `${provisional} to be read again` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Undefined on plain http, which has no `navigator.storage`, and if site data are blocked. */
async function storageEstimate(): Promise<StorageEstimate | undefined> {
  const storage: StorageManager | undefined = navigator.storage;
  return storage?.estimate().catch(() => undefined);
}
