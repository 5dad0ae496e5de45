import type { BenchReport, Goal, Log } from "../bench.ts";
import { type CallSet, compareEngines, type Rates, rateRows, timesOf } from "./comparison.ts";
import type { EngineName } from "./engine.ts";
import { callsOf, type Inputs, spreadOver } from "./inputs.ts";
import { ENCODER_BUILDS, type Prepared } from "./prepared.ts";

export const SPEED_RIVALS: readonly EngineName[] = [
  ...ENCODER_BUILDS.map((build) => `kernel-${build}` as const),
  ...(["ort-web-q8", "ort-web-fp32", "ort-node-q8", "ort-node-fp32"] as const),
];

const SENTENCES = 120;
const TOGETHER = 8;
const LONG_OF = 10;
const ROUNDS = 8;
const BESIDE = "ort-web-q8";
/** The required rates of builds as multiples of onnxruntime-web's q8; `relaxed` applies where it is fastest, with the dot instruction. */
const LEAST = { relaxed: 3.2, maddubs: 2.2, simd: 1.4 };
const LEAST_LONG = 3;

/** Sentences per second on MiniLM, from token ids made beforehand: engines are compared, not tokenizers. */
export async function speed(
  { inputs, minilm, probe, count }: Prepared,
  rivals: readonly EngineName[],
  log: Log,
): Promise<BenchReport> {
  const sets = setsOf(inputs, count ?? SENTENCES);
  const rates = await compareEngines({ engines: rivals, files: minilm, sets, rounds: ROUNDS }, log);
  return { rows: rateRows(rates, BESIDE), goals: goalsOf(rates, sets, probe.build) };
}

function setsOf({ sentences, long }: Inputs, count: number): CallSet[] {
  const few = spreadOver(sentences, count);
  const fewLong = spreadOver(long, Math.max(1, Math.round(count / LONG_OF)));
  const set = (name: string, rows: readonly (readonly number[])[], each: number): CallSet => ({
    name: `${name} (${Math.round(rows.flat().length / rows.length)} tokens)`,
    unit: "texts",
    count: rows.length,
    calls: callsOf(rows, each),
  });
  return [set("alone", few, 1), set(`${TOGETHER} at once`, few, TOGETHER), set("long, alone", fewLong, 1)];
}

function goalsOf(rates: readonly Rates[], sets: readonly CallSet[], picked: keyof typeof LEAST): Goal[] {
  const [alone, together, long] = sets;
  const builds = picked === "relaxed" ? ENCODER_BUILDS : ENCODER_BUILDS.filter((build) => build !== "relaxed");
  return [
    ...builds.flatMap((build) => [alone!, together!].map((set) => goal(rates, set, { build, least: LEAST[build] }))),
    goal(rates, long!, { build: picked, least: LEAST_LONG }),
  ].filter(({ got }) => !Number.isNaN(got));
}

function goal(
  rates: readonly Rates[],
  set: CallSet,
  { build, least }: { readonly build: keyof typeof LEAST; readonly least: number },
): Goal {
  const got = timesOf(rates, set, [`kernel-${build}`, BESIDE]);
  return { figure: `${set.name}: kernel-${build} by ${BESIDE}`, goal: `>= ${least}`, got, met: got >= least };
}
