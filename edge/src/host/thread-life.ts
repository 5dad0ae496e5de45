import { Worker } from "node:worker_threads";
import { AbortedError, PipitError, reviveError, throwIfAborted, type WireError } from "@pipit/core";
import type { ApiHostOptions, ApiRoute, ModelsReport } from "./api-host.ts";
import type { ApiAnswer, ApiRequest } from "./api-request.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

// Compiled and from source the entry lies beside this file, under this file's own ending.
export const API_ENTRY = new URL(
  `./api-thread-entry.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`,
  import.meta.url,
);

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** One thread of the API from its start to its end. Whatever waits for it when it ends fails with `worker-died`. */
export class ThreadLife {
  /** Resolves when the thread answers requests. Fails with what opening the host failed with, or with `worker-died`. */
  readonly opened: Promise<readonly ApiRoute[]>;
  /** Resolves when the thread is gone: to its failure, or to nothing where it was told to close. */
  readonly ended: Promise<PipitError | undefined>;
  readonly #worker: Worker;
  readonly #onModels: (report: ModelsReport) => void;
  readonly #pending = new Map<number, Waiting<ApiAnswer>>();
  #opening!: Waiting<readonly ApiRoute[]>;
  #why = "";
  #death: PipitError | undefined;
  #last = 0;

  constructor(entry: URL, options: ApiHostOptions, onModels: (report: ModelsReport) => void) {
    this.#onModels = onModels;
    this.opened = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    // Who starts the thread awaits it; who asks a thread that never opened hears of it too.
    this.opened.catch(() => undefined);
    this.#worker = new Worker(entry, { workerData: options, name: "pipit-api" });
    this.#worker.on("message", (message: FromThread) => this.#hear(message));
    this.#worker.on("error", (error) => {
      this.#why = error instanceof Error ? error.message : String(error);
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", (code) => resolve(this.#end(code)));
    });
  }

  async answer(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    throwIfAborted(signal);
    if (this.#death) throw this.#death;
    const id = ++this.#last;
    const stop = () => {
      this.#post({ ask: "stop", id });
      this.#pending.get(id)?.reject(new AbortedError(signal.reason));
    };
    signal.addEventListener("abort", stop);
    try {
      return await new Promise<ApiAnswer>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        this.#post({ ask: "answer", id, request }, request.body ? [request.body.buffer] : []);
      });
    } finally {
      signal.removeEventListener("abort", stop);
      this.#pending.delete(id);
    }
  }

  /** The thread saves what it holds, and ends. */
  close(): void {
    this.#post({ ask: "close" });
  }

  #post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromThread): void {
    if (message.tell === "answer") this.#pending.get(message.id)?.resolve(message.answer);
    else if (message.tell === "failure") this.#pending.get(message.id)?.reject(reviveError(message.error));
    else if (message.tell === "not-open") this.#refuse(message.error);
    else {
      this.#onModels(message.models);
      if (message.tell === "open") this.#opening.resolve(message.routes);
    }
  }

  #refuse(error: WireError): void {
    this.#opening.reject(reviveError(error));
    void this.#worker.terminate();
  }

  #end(code: number): PipitError | undefined {
    const why = this.#why === "" ? `code ${code}` : this.#why;
    this.#death = died(`the end of the thread that answers (${why})`);
    this.#opening.reject(this.#death);
    for (const { reject } of this.#pending.values()) reject(this.#death);
    return code === 0 ? undefined : this.#death;
  }
}

export function died(got: string): PipitError {
  return new PipitError("worker-died", {
    got,
    expected: "an answer of it",
    do: "Send the request again in a moment: another thread starts, and all that was acknowledged is there.",
  });
}
