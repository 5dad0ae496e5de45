import { readFileSync } from "node:fs";
import { type BenchReport, type Log, spread } from "../bench.ts";
import { rounded, spreadFigures } from "./comparison.ts";
import { spreadOver } from "./inputs.ts";
import { startIsolate } from "./isolate/workerd.ts";
import type { Prepared } from "./prepared.ts";

const TEXTS = 200;
const ROUNDS = 8;
const LEAST_RATE = 500;
const MOST_MEGABYTES = 48;
const MEGABYTE = 1e6;

/**
 * Sentences per second in workerd, text in and vectors out, one text after another. An isolate's clock stands still while it
 * computes, so the client measures the time of a request with many texts. Memory is that of workerd's process after it has answered all
 * of these, minus that after it has answered a request without a model.
 */
export async function isolate({ inputs, minilm }: Prepared, log: Log): Promise<BenchReport> {
  log("starting workerd");
  const workerd = await startIsolate(readFileSync(minilm.tokenizer));
  try {
    await workerd.greet();
    const before = workerd.residentBytes();
    await workerd.load(readFileSync(minilm.packed));
    const texts = spreadOver([...inputs.stsb.queries, ...inputs.stsb.documents], TEXTS);
    await workerd.embed(texts);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      await workerd.embed(texts);
      rates.push(TEXTS / ((performance.now() - begun) / 1000));
    }
    return reportOf(rates, (workerd.residentBytes() - before) / MEGABYTE);
  } finally {
    await workerd.stop();
  }
}

function reportOf(rates: readonly number[], added: number): BenchReport {
  const { median } = spread(rates);
  return {
    rows: [
      { subject: "workerd: text in, vector out", unit: "texts/s", ...spreadFigures(rates) },
      { subject: "workerd: memory added", unit: "MB", median: rounded(added) },
    ],
    goals: [
      { figure: "workerd, texts/s", goal: `>= ${LEAST_RATE}`, got: median, met: median >= LEAST_RATE },
      { figure: "workerd, MB added", goal: `<= ${MOST_MEGABYTES}`, got: added, met: added <= MOST_MEGABYTES },
    ],
  };
}
