import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { PickedEncoder } from "@pipit/wasm";
import type { Asked, EngineName, ModelFiles } from "./engine.ts";
import type { ToPack } from "./pack-file.ts";

const PROCESS = fileURLToPath(new URL("engine-process.ts", import.meta.url));
const OPTIONS = ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning", "--expose-gc"];

export type Job =
  | Opening
  | ({ readonly do: "pack" } & ToPack)
  | { readonly do: "probe" }
  | { readonly do: "keep"; readonly set: string; readonly calls: readonly Asked[] }
  | { readonly do: "pass"; readonly set: string }
  | { readonly do: "vectors"; readonly set: string };

interface Opening {
  readonly do: "open";
  readonly engine: EngineName;
  readonly files: ModelFiles;
  /** Whether the model's bytes are in memory before the clock starts, or are read from the file. */
  readonly bytes: "there" | "in the file";
  /** The input of the first call; its vector ends the timing of opening. */
  readonly first: Asked;
}

export interface Opened {
  /** The time until the first vector. */
  readonly milliseconds: number;
  /** The growth of the process's memory. */
  readonly bytesAdded: number;
}

export interface Answers {
  readonly open: Opened;
  readonly pack: undefined;
  readonly probe: Pick<PickedEncoder, "build" | "measured">;
  readonly keep: undefined;
  /** In seconds. */
  readonly pass: number;
  readonly vectors: Float32Array;
}

/** A process for one engine alone. */
export interface EngineProcess {
  do<Name extends Job["do"]>(job: Extract<Job, { do: Name }>): Promise<Answers[Name]>;
  end(): void;
}

export function startEngine(): EngineProcess {
  const child = fork(PROCESS, { execArgv: OPTIONS, serialization: "advanced" });
  const ask = (job: Job) =>
    new Promise<unknown>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`got the end (${code}) of a process at ${job.do}`));
      child.once("exit", ended);
      child.once("message", (said) => {
        child.off("exit", ended);
        const { answer, error } = said as { answer?: unknown; error?: string };
        if (error === undefined) resolve(answer);
        else reject(new Error(error));
      });
      child.send(job);
    });
  return { do: ask as EngineProcess["do"], end: () => void child.kill() };
}

/** Runs `work` with an engine in a process of its own, and ends the process afterwards. */
export async function withEngine<Result>(work: (running: EngineProcess) => Promise<Result>): Promise<Result> {
  const running = startEngine();
  try {
    return await work(running);
  } finally {
    running.end();
  }
}
