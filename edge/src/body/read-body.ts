import { AbortedError } from "@pipit/core";
import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * The pieces of a request's body, at most `HTTP_LIMITS.bodyBytes` of them whatever the request said before, and none awaited for longer
 * than `idleMs`. Fails with a 413, a 408, or `aborted` when the caller has gone.
 */
export async function* bodyPieces(request: Request, idleMs: number): AsyncGenerator<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > HTTP_LIMITS.bodyBytes) throw tooLarge();
  const reader = request.body?.getReader();
  if (!reader) return;
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), idleMs);
      if (done) return;
      total += value.byteLength;
      if (total > HTTP_LIMITS.bodyBytes) throw tooLarge();
      yield value;
    }
  } catch (error) {
    // The rest is of no use: the door drains or closes the connection.
    reader.cancel(error).catch(() => undefined);
    throw error instanceof Refusal ? error : new AbortedError(error);
  }
}

async function inTime<T>(reading: Promise<T>, idleMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(idleMs)), idleMs);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, {
    got: "a body that is too large",
    expected: `at most ${HTTP_LIMITS.bodyBytes} bytes`,
    do: "Send the entries in several calls.",
    headers: { Connection: "close" },
  });
}

function tooSlow(idleMs: number): Refusal {
  return new Refusal(408, {
    got: `no byte of the body for ${idleMs} ms`,
    expected: "a body that keeps coming",
    do: "Send the request again over a steadier connection.",
    headers: { Connection: "close" },
  });
}
