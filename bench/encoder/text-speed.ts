import { type BenchReport, type Log, spread } from "../bench.ts";
import { haveOutside } from "../rivals/outside.ts";
import { figures, rounded } from "./contest.ts";
import { type Employed, employ } from "./employ.ts";
import type { EngineName } from "./engine.ts";
import type { Ground } from "./ground.ts";
import { callsOf } from "./inputs.ts";

const SLICE = 250;
const LEAST = 3.5;
const ENGINES = ["kernel", "transformers"] as const satisfies EngineName[];
const NAMES = {
  kernel: "core's tokenizer and the kernel",
  transformers: "transformers.js (its web build in Node: WASM, q8)",
};

/** Text in, vectors out, one text a call: tokenizers count. The first slice warms up. */
export async function textSpeed({ inputs, minilm }: Ground, log: Log): Promise<BenchReport> {
  if (!haveOutside("@huggingface/transformers", log)) {
    log("transformers.js is left out: it is not to be had. Name a folder whose node_modules hold it in PIPIT_RIVALS.");
    return { rows: [], goals: [] };
  }
  log(`mixed texts: ${inputs.mixed.length} in slices of ${SLICE}`);
  const there = ENGINES.map((name) => ({ name, employed: employ(), rates: [] as number[] }));
  try {
    for (const { name, employed } of there) {
      await employed.do({ do: "open", engine: name, files: minilm, bytes: "in the file", first: ["hello world"] });
    }
    for (const [round, slice] of callsOf(inputs.mixed, SLICE).entries()) {
      for (const { employed, rates } of round % 2 === 0 ? there : there.toReversed()) {
        rates.push(slice.length / (await secondsOf(employed, slice)));
      }
    }
  } finally {
    for (const { employed } of there) employed.end();
  }
  const [ours, theirs] = there.map(({ rates }) => rates.slice(1));
  const got = spread(ours!.map((rate, i) => rate / theirs![i]!)).median;
  const rows = [ours!, theirs!].map((rates, i) => {
    const { min, median, std } = spread(rates);
    const subject = `text in, vector out: ${NAMES[ENGINES[i]!]}`;
    return { subject, unit: "texts/s", ...figures({ min, median, std }), "x transformers": i === 0 ? rounded(got) : 1 };
  });
  const figure = "text in, vector out: kernel by transformers.js";
  return { rows, goals: [{ figure, goal: `>= ${LEAST}`, got, met: got >= LEAST }] };
}

async function secondsOf(employed: Employed, texts: readonly string[]): Promise<number> {
  await employed.do({ do: "keep", set: "slice", calls: callsOf(texts, 1) });
  return employed.do({ do: "pass", set: "slice" });
}
