import { Worker } from "node:worker_threads";
import { AbortedError, PipitError, reviveError, throwIfAborted, type WireError } from "@pipit/core";
import type { FromThread, ToThread } from "./thread-messages.ts";

export interface ThreadParts<News> {
  /** The thread's script, which calls `serveThread`. */
  readonly entry: URL;
  readonly name: string;
  /** What the script gets to open what it serves. */
  readonly options: unknown;
  readonly onNews?: ((news: News) => void) | undefined;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * Of short-lived values, in megabytes. Unless told, the platform lets a thread that makes many of them take several times as much, and
 * keep it for good.
 */
const LIMITS = { maxYoungGenerationSizeMb: 24 };

/** One thread from its start to its end. Whatever waits for it when it ends fails with `worker-died`. */
export class Thread<Opened, Request, Answer, News = never> {
  /** Resolves when the thread serves. Fails with what opening failed with, or with `worker-died`. */
  readonly opened: Promise<Opened>;
  /** Resolves when the thread is gone: to its failure, or to nothing where it was told to close. */
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
    // Who starts the thread awaits it; who asks a thread that never opened hears of it too.
    this.opened.catch(() => undefined);
    this.#worker = new Worker(entry, { workerData: options, name, resourceLimits: LIMITS });
    this.#worker.on("message", (message: FromThread<Opened, Answer, News>) => this.#hear(message));
    this.#worker.on("error", (error) => {
      this.#failure = error;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", (code) => resolve(this.#end(code)));
    });
  }

  /** `transfer` is gone from the caller afterwards. Fails as the thread does, with `aborted`, and with `worker-died`. */
  async call(request: Request, transfer: ArrayBuffer[], signal: AbortSignal | undefined): Promise<Answer> {
    throwIfAborted(signal);
    // A script may listen for something of its own before it serves, and would take the call for that.
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

  /** The thread saves what it holds, and ends. */
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

/** Beside `import.meta.url` of a file lies the script `name`: compiled and from source under that file's own ending. */
export function scriptBeside(file: string, name: string): URL {
  return new URL(`./${name}.${file.endsWith(".ts") ? "ts" : "js"}`, file);
}

export function died(got: string, cause?: unknown): PipitError {
  return new PipitError("worker-died", {
    got,
    cause,
    expected: "an answer of it",
    do: "Send the request again in a moment: another thread starts, and all that was acknowledged is there.",
  });
}
