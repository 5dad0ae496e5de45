import { AbortedError, closedError, PipitError, reviveError, type TokenForm, throwIfAborted } from "@pipit/core";
import type { EncodedTokens, Encoder, EncoderOptions } from "./encoder.ts";
import type {
  ComputedAnswer,
  EncoderThreadPool,
  PoolAnswer,
  PoolListener,
  PoolRequest,
  PoolThread,
} from "./encoder-pool-protocol.ts";

// A thread that has not answered for so long never will: its script is missing, or the device is out of threads.
const STARTING_MS = 10_000;

export interface MemberFile {
  readonly module: WebAssembly.Module;
  /** The caller no longer has these buffers afterwards. */
  readonly file: Uint8Array<ArrayBuffer>;
  readonly options: EncoderOptions;
}

interface Pending {
  resolve(answer: ComputedAnswer): void;
  reject(error: Error): void;
}

type Numbered<Request> = Request extends PoolRequest ? Omit<Request, "id"> : never;

/** One thread of a pool as its caller sees it: it has an encoder's methods, whose pending calls fail when the thread ends. */
export class PoolMember
  implements Pick<Encoder, "bytes" | "encodeTokens" | "encodeWithTokens" | "encodePictures" | "close">
{
  readonly #pending = new Map<number, Pending>();
  readonly #leave: (member: PoolMember) => void;
  #thread: PoolThread | undefined;
  #bytes = 0;
  #last = 0;

  /** `leave` is called when the thread has died, before the pending calls fail. */
  constructor(leave: (member: PoolMember) => void) {
    this.#leave = leave;
  }

  get bytes(): number {
    return this.#thread ? this.#bytes : 0;
  }

  /** Number of pending calls. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Resolves when the thread serves. Fails with `worker-died`, and as `openEncoder` does. */
  async open(pool: EncoderThreadPool, given: MemberFile): Promise<void> {
    const { patience = STARTING_MS } = pool;
    const gone = (why: string) => this.#die(died(why));
    this.#thread = started(pool, { answer: (answer) => this.#settle(answer), gone });
    const timer = setTimeout(() => gone(`no answer of a thread within ${patience} ms`), patience);
    try {
      await this.#ask({ ask: "open", ...given }, [given.file.buffer]);
    } finally {
      clearTimeout(timer);
    }
  }

  async encodeTokens(rows: readonly (readonly number[])[], signal?: AbortSignal) {
    return (await this.#askRows(rows, undefined, signal)).vectors;
  }

  async encodeWithTokens<Form extends TokenForm>(
    rows: readonly (readonly number[])[],
    form: Form,
    signal?: AbortSignal,
  ): Promise<EncodedTokens<Form>> {
    const { vectors, tokens } = await this.#askRows(rows, form, signal);
    return { vectors, tokens } as EncodedTokens<Form>;
  }

  async encodePictures(pixels: Float32Array, signal?: AbortSignal) {
    const own = new Float32Array(pixels);
    return (await this.#ask({ ask: "pictures", pixels: own }, [own.buffer], signal)).vectors;
  }

  close(): void {
    this.#end(closedError("encoder"));
  }

  #die(error: PipitError): void {
    this.#leave(this);
    this.#end(error);
  }

  #end(error: PipitError): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    this.#thread?.end();
    this.#thread = undefined;
    for (const { reject } of waiting) reject(error);
  }

  #askRows(rows: readonly (readonly number[])[], form: TokenForm | undefined, signal: AbortSignal | undefined) {
    const lengths = Uint32Array.from(rows, (row) => row.length);
    const ids = Uint32Array.from(rows.flat());
    return this.#ask({ ask: "tokens", lengths, ids, form }, [lengths.buffer, ids.buffer], signal);
  }

  async #ask(request: Numbered<PoolRequest>, transfer: ArrayBuffer[], signal?: AbortSignal) {
    const thread = this.#thread;
    if (!thread) throw closedError("encoder");
    throwIfAborted(signal);
    const id = ++this.#last;
    const stop = () => this.#stop(id, new AbortedError(signal?.reason));
    signal?.addEventListener("abort", stop);
    try {
      return await new Promise<ComputedAnswer>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        thread.hold?.();
        thread.post({ ...request, id }, transfer);
      });
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#pending.delete(id);
      if (this.#pending.size === 0) thread.release?.();
    }
  }

  #stop(id: number, error: AbortedError): void {
    const { reject } = this.#pending.get(id) ?? {};
    this.#pending.delete(id);
    this.#thread?.post({ ask: "stop", id }, []);
    reject?.(error);
  }

  // An answer without a pending call is to a call that was stopped.
  #settle(answer: PoolAnswer): void {
    const pending = this.#pending.get(answer.id);
    if ("error" in answer) {
      pending?.reject(reviveError(answer.error));
      return;
    }
    this.#bytes = answer.bytes;
    pending?.resolve(answer);
  }
}

function started(pool: EncoderThreadPool, listener: PoolListener): PoolThread {
  try {
    return pool.start(listener);
  } catch (cause) {
    throw died(`a thread that may not start: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

function died(got: string, cause?: unknown): PipitError {
  return new PipitError("worker-died", {
    got,
    expected: "a working thread of the encoder",
    do: "Call again: the remaining threads do its work. If no thread starts, serve the member's script or ask for one thread.",
    cause,
  });
}
