import { type Entry, PipitError, throwIfAborted } from "@pipit/core";
import { firstEntries } from "./entry-list.ts";
import { lazily } from "./lazily.ts";

/** A JSON file of entries. It is requested at once, and read from the first call on: a large one would keep the page's thread from opening the engine. */
export interface SourceFile {
  text(): Promise<string>;
  /**
   * The first entries, as soon as so many have arrived. None if the text is whole before that, or is no list of entries so far. It never
   * fails: what is wrong with a file is said of its text.
   */
  first(count: number): Promise<readonly Entry[]>;
}

interface Asked {
  /** Absolute URL. */
  readonly url: string;
  readonly signal: AbortSignal;
}

type Hear = (text: string) => void;

/** The text is looked at again when it has grown by as much: of a few long entries there are many parts. */
const GROWTH = 1.5;

export function fileAt(asked: Asked): SourceFile {
  const response = fetched(asked);
  // A failure is met when the text is needed.
  response.catch(() => undefined);
  let arrived: string | undefined;
  let heard = nothing;
  const text = lazily(async () => {
    const whole = await textOf(await response, asked, (soFar) => {
      arrived = soFar;
      heard();
    });
    arrived = undefined;
    return whole;
  });
  return {
    text,
    first: (count) =>
      new Promise((resolve) => {
        let looked = 0;
        heard = () => {
          if (arrived === undefined || arrived.length < GROWTH * looked) return;
          looked = arrived.length;
          const entries = firstIn(arrived, asked.url, count);
          if (entries) resolve(entries);
          if (entries) heard = nothing;
        };
        heard();
        const none = () => resolve([]);
        text().then(none, none);
      }),
  };
}

function nothing(): void {}

/** Undefined if fewer have arrived. */
function firstIn(text: string, url: string, count: number): readonly Entry[] | undefined {
  try {
    return firstEntries(text, url, count);
  } catch {
    return [];
  }
}

async function fetched({ url, signal }: Asked): Promise<Response> {
  const response = await fetch(url, { signal }).catch((cause) => {
    throwIfAborted(signal);
    throw unreachable(url, "no answer", { advice: isForeign(url) ? SHARING : "", cause });
  });
  if (!response.ok) throw unreachable(url, `status ${response.status}`);
  return response;
}

async function textOf(response: Response, { url, signal }: Asked, hear: Hear): Promise<string> {
  try {
    return await read(response, hear);
  } catch (cause) {
    throwIfAborted(signal);
    throw unreachable(url, "half an answer", { cause });
  }
}

async function read({ body }: Response, hear: Hear): Promise<string> {
  if (!body) return "";
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    hear(text);
  }
  return text + decoder.decode();
}

// A page cannot distinguish a file that it may not read from a missing one.
const SHARING = " It is of another origin: see that it is served with the header `Access-Control-Allow-Origin`.";

function isForeign(url: string): boolean {
  // A sandboxed frame has an opaque origin, although its URL is the page's own.
  return new URL(url).origin !== origin;
}

function unreachable(url: string, got: string, { advice = "", cause = undefined as unknown } = {}): PipitError {
  return new PipitError("remote-failed", {
    got: `${got} from ${url}`,
    expected: "the entries to search",
    do: `Check the address in the attribute \`source\`, and that the file is served.${advice}`,
    cause,
  });
}
