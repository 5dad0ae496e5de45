import { openTabEngine, type TabEngine, type TabOptions } from "@pipit/browser";
import { type Entry, toWireError, type WireError } from "@pipit/core";
import { ODD_CALLS, outcomeOf } from "../../../contracts/odd-calls.ts";

export type Choice = Partial<Omit<TabOptions, "createWorker">> & {
  /** A worker script of the tests. Default: the shipped worker. */
  readonly worker?: string;
};

export interface DrivenCall {
  readonly engine: number;
  readonly call: number;
  readonly method: "add" | "update" | "remove" | "search" | "stats" | "close" | "odd";
  readonly args: readonly unknown[];
  /** True if the signal was aborted before the call. */
  readonly aborted: boolean;
}

export interface Driven {
  readonly value?: unknown;
  readonly error?: WireError;
}

const PLACES = { starterUrl: "/starter/starter.pipit", models: "/models", ortUrl: "/ort" };

/** Workers made by this page, newest last, so that a test can end one. */
export const workers: Worker[] = [];
const makers = new Map<string, () => Worker>();

function maker(script: string): () => Worker {
  const known = makers.get(script);
  if (known) return known;
  const make = () => {
    const worker = new Worker(new URL(script, location.href), { type: "module" });
    workers.push(worker);
    return worker;
  };
  makers.set(script, make);
  return make;
}

export function open({ worker, ...options }: Choice = {}): Promise<TabEngine> {
  const createWorker = worker === undefined ? undefined : maker(worker);
  return openTabEngine({ ...PLACES, name: "birds", ...options, ...(createWorker && { createWorker }) });
}

const engines: TabEngine[] = [];
const controllers = new Map<number, AbortController>();

/** Calls engines of this page for a test in Node: errors cross whole, streams and progress by exposed functions. */
export const drive = {
  open: (choice: Choice): Promise<Driven> => outcome(async () => engines.push(await open(choice)) - 1),

  call({ engine, call, method, args, aborted }: DrivenCall): Promise<Driven> {
    const controller = new AbortController();
    controllers.set(call, controller);
    if (aborted) controller.abort();
    const { signal } = controller;
    return outcome(() => run(engines[engine]!, { method, args, signal }));
  },

  abort: (call: number): void => controllers.get(call)?.abort(),
};

type Run = Pick<DrivenCall, "method" | "args"> & { readonly signal: AbortSignal };

function run(engine: TabEngine, { method, args, signal }: Run): Promise<unknown> {
  const [first, second] = args as [never, never];
  if (method === "add") {
    return engine.add(stream(first), { signal, onProgress: ({ done }) => window.tellProgress(first, done) });
  }
  if (method === "search") {
    const query = Array.isArray(first) ? Float32Array.from(first) : first;
    return engine.search(query, { ...(second as object), signal });
  }
  if (method === "odd") {
    const odd = ODD_CALLS.find(({ name }) => name === first);
    return odd ? outcomeOf(odd, engine) : Promise.reject(new Error(`no odd call is named ${first}`));
  }
  return (engine[method] as (...given: unknown[]) => Promise<unknown>)(first, second);
}

async function* stream(source: number): AsyncGenerator<Entry> {
  for (let next = await window.pullEntry(source); next; next = await window.pullEntry(source)) yield next.entry;
}

async function outcome(work: () => Promise<unknown>): Promise<Driven> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: toWireError(error) };
  }
}

declare global {
  interface Window {
    drive: typeof drive;
    pullEntry(source: number): Promise<{ entry: Entry } | undefined>;
    tellProgress(source: number, done: number): void;
  }
}
