import { LIMITS, PipitError, untilAborted } from "@pipit/core";

/** The bytes of a hit beside its text: its id twice, names of properties and the punctuation of fields. */
const MOST_BYTES_BESIDE = 16 * 1024;
/** A character takes at most six bytes in JSON. The longest answer is that of a search. */
const MOST_BYTES = 6 * LIMITS.answerCharacters + LIMITS.hits * MOST_BYTES_BESIDE;

/** The text of an answer. If it is longer than any answer of a Pipit server, reading stops, and the call fails with `remote-failed`. */
export async function readAnswer({ body }: Response, signal: AbortSignal): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { value } = await untilAborted(reader.read(), signal);
      if (!value) break;
      bytes += value.byteLength;
      if (bytes > MOST_BYTES) throw tooLong();
      parts.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Has no effect if the stream has ended; it rejects if the stream failed.
    void reader.cancel().catch(() => undefined);
  }
  return parts.join("") + decoder.decode();
}

function tooLong(): PipitError {
  return new PipitError("remote-failed", {
    got: `an answer of more than ${MOST_BYTES} bytes`,
    expected: "an answer of a Pipit server",
    do: "Check that the URL is that of a Pipit server; nothing more of the answer was read.",
  });
}
