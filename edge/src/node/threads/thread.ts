import { Worker } from "node:worker_threads";
import { AbortedError, PipitError, reviveError, throwIfAborted, type WireError } from "@pipit/core";
import { inTurns } from "./in-turns.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

export interface ThreadParts<News> {
  /** The thread's script, which calls `serveThread`. */
  readonly entry: URL;
  readonly name: string;
  /** Passed to the script's `open`. */
  readonly options: unknown;
  readonly onNews?: ((news: News) => void) | undefined;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * Memory for short-lived values, in megabytes. By default a thread that makes many of them takes several times this size, and does not
 * return it.
 */
const LIMITS = { maxYoungGenerationSizeMb: 24 };

/** A worker thread from start to end. Calls that wait when it ends fail with `worker-died`. */
export class Thread<Opened, Request, Answer, News = never> {
  /** Resolves when the thread is ready. Fails as the script's `open` does, or with `worker-died`. */
  readonly opened: Promise<Opened>;
  /** Resolves when the thread has ended: to its failure, or to undefined if it was closed. */
  readonly ended: Promise<PipitError | undefined>;
  readonly #worker: Worker;
  readonly #onNews: ((news: News) => void) | undefined;
  readonly #pending = new Map<number, Waiting<Answer>>();
  #opening!: Waiting<Opened>;
  #failure: unknown;
  #death: PipitError | undefined;
  #last = 0;

  constructor({ entry, name, options, onNews }: ThreadParts<News>) {
    this.#onNews = onNews;
    this.opened = new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
    // The starting code and each call await it too; this handler prevents an unhandled rejection.
    this.opened.catch(() => undefined);
    this.#worker = new Worker(entry, { workerData: options, name, resourceLimits: LIMITS });
    const inTurn = inTurns((work: () => void) => work());
    this.#worker.on("message", (message) => inTurn(() => this.#hear(message)));
    this.#worker.on("error", (error) => {
      this.#failure = error;
    });
    this.ended = new Promise((resolve) => {
      // Handled in the same queue as messages, so that messages sent before the end are handled first.
      this.#worker.once("exit", (code) => inTurn(() => resolve(this.#end(code))));
    });
  }

  /** The buffers of `transfer` are detached from the caller. Fails as the thread does, with `aborted`, and with `worker-died`. */
  async call(request: Request, transfer: ArrayBuffer[], signal: AbortSignal | undefined): Promise<Answer> {
    throwIfAborted(signal);
    // A script that is not ready may wait for other messages and would take the call for one of them.
    await this.opened;
    throwIfAborted(signal);
    if (this.#death) throw this.#death;
    const id = ++this.#last;
    const stop = () => {
      this.#post({ ask: "stop", id });
      this.#pending.get(id)?.reject(new AbortedError(signal?.reason));
    };
    signal?.addEventListener("abort", stop);
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        this.#post({ ask: "answer", id, request }, transfer);
      });
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#pending.delete(id);
    }
  }

  /** Makes the thread save its state and end. */
  close(): void {
    this.#post({ ask: "close" });
  }

  #post(message: ToThread<Request>, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromThread<Opened, Answer, News>): void {
    if (message.tell === "answer") this.#pending.get(message.id)?.resolve(message.answer);
    else if (message.tell === "failure") this.#pending.get(message.id)?.reject(reviveError(message.error));
    else if (message.tell === "news") this.#onNews?.(message.news);
    else if (message.tell === "open") this.#opening.resolve(message.opened);
    else this.#refuse(message.error);
  }

  #refuse(error: WireError): void {
    this.#opening.reject(reviveError(error));
    void this.#worker.terminate();
  }

  #end(code: number): PipitError | undefined {
    const why = this.#failure instanceof Error ? this.#failure.message : `code ${code}`;
    this.#death = died(`the end of the thread that answers (${why})`, this.#failure);
    this.#opening.reject(this.#death);
    for (const { reject } of this.#pending.values()) reject(this.#death);
    return code === 0 ? undefined : this.#death;
  }
}

/** URL of the script `name` beside a module (`import.meta.url`), with the same file extension: compiled or from source. */
export function scriptBeside(file: string, name: string): URL {
  return new URL(`./${name}.${file.endsWith(".ts") ? "ts" : "js"}`, file);
}

function died(got: string, cause?: unknown): PipitError {
  return new PipitError("worker-died", {
    got,
    cause,
    expected: "an answer of it",
    do: "Send the request again in a moment: another thread starts, and all that was acknowledged is there.",
  });
}
