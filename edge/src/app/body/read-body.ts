import { AbortedError } from "@pipit/core";
import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * The pieces of a request's body, at most `HTTP_LIMITS.bodyBytes` whatever its Content-Length says. It waits at most `idleMs` for each
 * piece. Fails with a 413, a 408, `aborted` if the caller has gone, and with the reason of `given`, which is a `Refusal`.
 */
export async function* bodyPieces(request: Request, idleMs: number, given?: AbortSignal): AsyncGenerator<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > HTTP_LIMITS.bodyBytes) throw tooLarge();
  const reader = request.body?.getReader();
  if (!reader) return;
  let total = 0;
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), idleMs, given);
      ended = done;
      if (done) return;
      total += value.byteLength;
      if (total > HTTP_LIMITS.bodyBytes) throw tooLarge();
      yield value;
    }
  } catch (error) {
    ended = !(error instanceof Refusal);
    throw ended ? new AbortedError(error) : error;
  } finally {
    // Needed also when the consumer of this generator stops early.
    if (!ended) discard(reader).catch(() => undefined);
  }
}

/**
 * Reads the rest without storing it. A caller reads its answer after it has sent the body; cancelling the body would close the
 * connection before that. Connections that go on sending are ended elsewhere.
 */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let left: number = HTTP_LIMITS.bodyBytes; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.byteLength;
  }
  await reader.cancel();
}

async function inTime<T>(reading: Promise<T>, idleMs: number, given: AbortSignal | undefined): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(idleMs)), idleMs);
    stop = () => reject(given?.reason);
    given?.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
    given?.removeEventListener("abort", stop);
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, {
    got: "a body that is too large",
    expected: `at most ${HTTP_LIMITS.bodyBytes} bytes`,
    do: "Send the entries in several calls.",
  });
}

function tooSlow(idleMs: number): Refusal {
  return new Refusal(408, {
    got: `no byte of the body for ${idleMs} ms`,
    expected: "the rest of the body",
    do: "Send the request again over a steadier connection.",
    headers: { Connection: "close" },
  });
}
