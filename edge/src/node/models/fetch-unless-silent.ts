import { PipitError } from "@pipit/core";

/** Node's own limit is five minutes. */
const SILENCE_MS = 30_000;

/** `fetch` from a host that may stop sending: fails with `remote-failed` after `silenceMs` without headers or without a byte of the body. */
export async function fetchUnlessSilent(
  url: string | URL,
  init: RequestInit = {},
  silenceMs = SILENCE_MS,
): Promise<Response> {
  const silence = new AbortController();
  const signal = init.signal ? AbortSignal.any([init.signal, silence.signal]) : silence.signal;
  const unlessSilent = async <T>(answer: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => silence.abort(silent(url, silenceMs)), silenceMs);
    return answer.finally(() => clearTimeout(timer));
  };
  const response = await unlessSilent(fetch(url, { ...init, signal }));
  if (!response.body) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    // A slow reader must not count as silence of the host.
    async pull(controller) {
      const { done, value } = await unlessSilent(reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}

function silent(url: string | URL, milliseconds: number): PipitError {
  return new PipitError("remote-failed", {
    got: `nothing from ${new URL(url).host} for ${milliseconds / 1000} s`,
    expected: "an answer",
    do: "Check that this host is reachable and serves the file, or name another place.",
  });
}
