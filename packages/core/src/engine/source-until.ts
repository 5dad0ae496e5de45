import type { Entry } from "../entry.ts";
import type { EntrySource } from "../ports/search-engine.ts";
import { untilAborted } from "../until-aborted.ts";

/** The source, but an abort ends the wait for a stream's next entry. A list has no waits and is returned as it is. */
export function sourceUntil(signal: AbortSignal | undefined, source: EntrySource): EntrySource {
  return signal && Symbol.asyncIterator in source ? readUntil(signal, source) : source;
}

async function* readUntil(signal: AbortSignal, source: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  const entries = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await untilAborted(entries.next(), signal);
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!ended) letCleanUp(entries);
  }
}

/** The clean-up is not awaited, because the stream may be in a long wait. */
function letCleanUp(entries: AsyncIterator<Entry>): void {
  void Promise.resolve(entries.return?.()).catch(() => undefined);
}
