import { type BenchReport, type Log, spread } from "../bench.ts";
import { haveOutside } from "../rivals/outside.ts";
import { rounded, spreadFigures } from "./comparison.ts";
import type { EngineName } from "./engine.ts";
import { callsOf, MIXED } from "./inputs.ts";
import type { Prepared } from "./prepared.ts";
import { type EngineProcess, startEngine } from "./start-engine.ts";

const ROUNDS = 8;
const LEAST = 3.5;
const ENGINES = ["kernel", "transformers"] as const satisfies EngineName[];
const NAMES = {
  kernel: "core's tokenizer and the kernel",
  transformers: "transformers.js (its web build in Node: WASM, q8)",
};

/** Text in, vectors out, one text per call, so that tokenizers count. Each round has texts of its own. */
export async function textSpeed({ inputs, minilm, count = MIXED }: Prepared, log: Log): Promise<BenchReport> {
  if (!haveOutside("@huggingface/transformers", log)) {
    log("transformers.js is left out: it is not to be had. Name a folder whose node_modules hold it in PIPIT_RIVALS.");
    return { rows: [], goals: [] };
  }
  const slice = Math.ceil(Math.min(count, MIXED) / ROUNDS);
  log(`mixed texts: ${ROUNDS} rounds of ${slice}`);
  const there = ENGINES.map((name) => ({ name, running: startEngine(), rates: [] as number[] }));
  try {
    for (const { name, running } of there)
      await running.do({ do: "open", engine: name, files: minilm, bytes: "in the file", first: ["hello world"] });
    for (const [round, texts] of callsOf(inputs.mixed.slice(0, slice * (ROUNDS + 1)), slice).entries()) {
      for (const { running, rates } of round % 2 === 0 ? there : there.toReversed())
        rates.push(texts.length / (await secondsOf(running, texts)));
    }
  } finally {
    for (const { running } of there) running.end();
  }
  return reportOf(there);
}

async function secondsOf(running: EngineProcess, texts: readonly string[]): Promise<number> {
  await running.do({ do: "keep", set: "slice", calls: callsOf(texts, 1) });
  return running.do({ do: "pass", set: "slice" });
}

interface Timed {
  readonly name: (typeof ENGINES)[number];
  readonly rates: readonly number[];
}

/** The first round is the warm-up. */
function reportOf(there: readonly Timed[]): BenchReport {
  const [ours, theirs] = there.map(({ rates }) => rates.slice(1));
  const got = spread(ours!.map((rate, round) => rate / theirs![round]!)).median;
  const rows = there.map(({ name, rates }) => ({
    subject: `text in, vector out: ${NAMES[name]}`,
    unit: "texts/s",
    ...spreadFigures(rates.slice(1)),
    "x transformers": name === "kernel" ? rounded(got) : 1,
  }));
  const figure = "text in, vector out: kernel by transformers.js";
  return { rows, goals: [{ figure, goal: `>= ${LEAST}`, got, met: got >= LEAST }] };
}
