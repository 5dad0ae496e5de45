import { type BenchRow, type Log, spread } from "../bench.ts";
import type { Asked, EngineName, ModelFiles } from "./engine.ts";
import { type EngineProcess, startEngine } from "./start-engine.ts";

/** The same inputs for every engine, divided into calls. */
export interface CallSet {
  readonly name: string;
  /** The unit of the rate per second: "texts", "pictures". */
  readonly unit: string;
  readonly count: number;
  readonly calls: readonly Asked[];
}

export interface Comparison {
  readonly engines: readonly EngineName[];
  readonly files: ModelFiles;
  readonly sets: readonly CallSet[];
  readonly rounds: number;
}

/** Inputs per second, one rate per round. */
export interface Rates {
  readonly set: CallSet;
  readonly engine: EngineName;
  readonly rates: readonly number[];
}

/** Runs each engine in a process of its own. All are warmed up with each set, then called in turn in an order that is reversed each round. */
export async function compareEngines(comparison: Comparison, log: Log): Promise<Rates[]> {
  const there = new Map(comparison.engines.map((name) => [name, startEngine()]));
  try {
    for (const [name, running] of there) await warm(running, name, comparison);
    const rates: Rates[] = [];
    for (const set of comparison.sets) {
      log(`${set.name}: ${comparison.rounds} rounds of ${set.count} ${set.unit}`);
      rates.push(...(await rounds(there, set, comparison.rounds)));
    }
    return rates;
  } finally {
    for (const running of there.values()) running.end();
  }
}

async function warm(running: EngineProcess, engine: EngineName, { files, sets }: Comparison): Promise<void> {
  await running.do({ do: "open", engine, files, bytes: "in the file", first: sets[0]!.calls[0]! });
  for (const { name, calls } of sets) {
    await running.do({ do: "keep", set: name, calls });
    await running.do({ do: "pass", set: name });
  }
}

async function rounds(there: ReadonlyMap<EngineName, EngineProcess>, set: CallSet, count: number): Promise<Rates[]> {
  const rates = new Map<EngineName, number[]>([...there.keys()].map((name) => [name, []]));
  for (let round = 0; round < count; round++) {
    const order = [...there];
    for (const [name, running] of round % 2 === 0 ? order : order.reverse()) {
      rates.get(name)!.push(set.count / (await running.do({ do: "pass", set: set.name })));
    }
  }
  return [...rates].map(([engine, of]) => ({ set, engine, rates: of }));
}

/** The median over the rounds of one engine's rate divided by another's: a slow minute of the machine affects both. */
export function timesOf(rates: readonly Rates[], set: CallSet, pair: readonly [EngineName, EngineName]): number {
  const [one, other] = pair.map((name) => rates.find((of) => of.set === set && of.engine === name)?.rates);
  if (!one || !other) return Number.NaN;
  return spread(one.map((rate, round) => rate / other[round]!)).median;
}

export function rateRows(rates: readonly Rates[], beside: EngineName): BenchRow[] {
  return rates.map(({ set, engine, rates: of }) => {
    const row = { subject: `${set.name}: ${engine}`, unit: `${set.unit}/s`, ...spreadFigures(of) };
    const times = timesOf(rates, set, [engine, beside]);
    return Number.isNaN(times) ? row : { ...row, [`x ${beside}`]: rounded(times) };
  });
}

/** The best round beside the median one: on a shared machine it is closest to the rate of an idle machine. */
export function spreadFigures(samples: readonly number[]) {
  const { min, median, std } = spread(samples);
  return figures({ min, median, max: Math.max(...samples), std });
}

function figures<Name extends string>(values: Readonly<Record<Name, number>>): Record<Name, number> {
  const pairs = Object.entries<number>(values).map(([name, value]) => [name, rounded(value)]);
  return Object.fromEntries(pairs) as Record<Name, number>;
}

export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
