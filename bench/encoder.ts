import type { Bench, BenchOptions, BenchReport, Log } from "./bench.ts";
import { bits } from "./encoder/bits.ts";
import type { EngineName } from "./encoder/engine.ts";
import { fidelity } from "./encoder/fidelity.ts";
import { isolate } from "./encoder/isolate.ts";
import { type Prepared, whenPrepared } from "./encoder/prepared.ts";
import { SPEED_RIVALS, speed } from "./encoder/speed.ts";
import { textSpeed } from "./encoder/text-speed.ts";
import { towers } from "./encoder/towers.ts";
import { weight } from "./encoder/weight.ts";

/**
 * Every engine runs on one thread in a process of its own, and all engines of a part are open at the same time. They are called in turn, in
 * an order that is reversed each round, so that a slow minute of the machine affects all. A figure "x RIVAL" is the median over the
 * rounds of the rate divided by RIVAL's in that round. `--count` embeds fewer texts, `--rivals` limits the first part.
 */
export const bench: Bench = {
  name: "encoder",
  question:
    "How many texts a second does the encoder kernel read beside its rivals, how truly, and what does it weigh?",
  run,
};

async function run(log: Log, { count, rivals }: BenchOptions): Promise<BenchReport> {
  const names = chosen(rivals);
  return whenPrepared({ count, log }, async (prepared) => {
    const reports = [
      await speed(prepared, names, log),
      await textSpeed(prepared, log),
      await fidelity(prepared, log),
      await bits(prepared, log),
      await weight(prepared, log),
      await towers(prepared, log),
      await isolate(prepared, log),
    ];
    return {
      rows: [...probed(prepared), ...reports.flatMap(({ rows }) => rows)],
      goals: reports.flatMap(({ goals }) => goals),
    };
  });
}

function chosen(rivals: readonly string[] | undefined): readonly EngineName[] {
  if (!rivals) return SPEED_RIVALS;
  const unknown = rivals.find((name) => !SPEED_RIVALS.some((known) => known === name));
  if (unknown === undefined) return rivals as EngineName[];
  throw new Error(`got the rival ${unknown}, expected some of ${SPEED_RIVALS.join(", ")}. Name those.`);
}

function probed({ probe, dot }: Prepared) {
  const subject = `probe (picks ${probe.build}; dot instruction ${dot})`;
  return Object.entries(probe.measured).map(([build, microseconds]) => ({
    subject: `${subject}: ${build}`,
    unit: "us/product",
    median: Number(microseconds.toPrecision(4)),
  }));
}
