import { toWireError, type WireError } from "@pipit/core";
import type { Encoder } from "@pipit/wasm";
import { loadEncoder } from "@pipit/wasm/web";

type Meanwhile = "abort" | "close" | "kill" | "garble";

export interface EncoderJob {
  readonly threads: number;
  /** A packed file. */
  readonly file: readonly number[];
  readonly rows: readonly (readonly number[])[];
  /** A script that replaces that of the pool's threads; "none" if no worker can be started. */
  readonly member?: string | undefined;
  /** An event during an earlier call. */
  readonly meanwhile?: Meanwhile | undefined;
}

export interface EncoderDone {
  /** The encoder's number of threads before and after. */
  readonly threads: readonly [number, number];
  /** The vectors' bits. */
  readonly bits: readonly number[];
  /** The error of that earlier call. */
  readonly ended?: WireError | undefined;
}

export type EncoderAnswer = EncoderDone | { readonly error: WireError };

const made: Worker[] = [];
const Platform = globalThis.Worker;

/** Encodes rows with `threads` threads. With `meanwhile`, an earlier call is disturbed first. */
export function encode(job: EncoderJob): Promise<EncoderAnswer> {
  return encodeRows(job).catch((error) => ({ error: toWireError(error) }));
}

async function encodeRows({ threads, file, rows, member, meanwhile }: EncoderJob): Promise<EncoderDone> {
  if (member) hurry();
  if (member === "none") Reflect.deleteProperty(globalThis, "Worker");
  else globalThis.Worker = watchedWorkers(member);
  const encoder = await loadEncoder(Uint8Array.from(file), { threads });
  const first = encoder.threads;
  const ended = meanwhile && (await interrupted(encoder, rows, meanwhile));
  if (meanwhile === "close") return { threads: [first, encoder.threads], bits: [], ended };
  const vectors = await encoder.encodeTokens(rows);
  const answer = { threads: [first, encoder.threads] as const, bits: [...new Uint32Array(vectors.buffer)], ended };
  encoder.close();
  return answer;
}

async function interrupted(encoder: Encoder, rows: EncoderJob["rows"], meanwhile: Meanwhile) {
  const stop = new AbortController();
  const end = {
    abort: () => stop.abort(),
    close: () => encoder.close(),
    kill: () => made[0]?.postMessage("die"),
    garble: () => made[0]?.dispatchEvent(new MessageEvent("messageerror")),
  };
  const call = encoder.encodeTokens(new Array(200).fill(rows).flat(), stop.signal);
  setTimeout(end[meanwhile], 20);
  return call.then(() => undefined, toWireError);
}

/** Shortens the timers of this worker to a tenth, so that timeouts come sooner. */
function hurry(): void {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((work: () => void, ms = 0) => setTimeout(work, ms / 10)) as typeof setTimeout;
}

function watchedWorkers(script: string | undefined): typeof Worker {
  return class extends Platform {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(script ? new URL(script, location.origin) : url, options);
      made.push(this);
    }
  };
}
