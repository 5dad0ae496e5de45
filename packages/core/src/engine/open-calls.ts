import { AbortedError, PipitError, throwIfAborted } from "../errors.ts";

/** The calls of an engine that have not ended. Each ends when its caller aborts it, and all end when the engine is closed. */
export class OpenCalls {
  readonly #open = new Set<AbortController>();
  #closed = false;

  /** Fails as `work` does, with `aborted`, and with `closed`. `work` must end when its signal aborts. */
  async run<T>(given: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#closed) throw closed("a call to a closed engine");
    throwIfAborted(given);
    const ending = new AbortController();
    const abort = () => ending.abort(new AbortedError(given?.reason));
    given?.addEventListener("abort", abort);
    this.#open.add(ending);
    try {
      return await work(ending.signal);
    } catch (error) {
      throw ending.signal.aborted ? ending.signal.reason : error;
    } finally {
      given?.removeEventListener("abort", abort);
      this.#open.delete(ending);
    }
  }

  close(): void {
    this.#closed = true;
    const reason = closed("the end of the engine during a call");
    for (const ending of this.#open) ending.abort(reason);
  }
}

function closed(got: string): PipitError {
  return new PipitError("closed", {
    got,
    expected: "calls to an open engine that end before `close`",
    do: "Make a new one; what was acknowledged is stored.",
  });
}
