import { checkedEntry, type Entry, isPipitError, PipitError } from "@pipit/core";

/** Parses a `source` file. If an id occurs twice, the last entry counts. Throws `bad-input`, which names the first invalid item. */
export function parseEntries(text: string, url: string): Entry[] {
  const list = parseJson(text, url);
  if (!Array.isArray(list)) throw notAList(`JSON that is no list at ${url}`);
  const stranger = list.findIndex((item) => !isEntry(item));
  if (stranger >= 0) throw notAList(`item ${stranger} of ${url} without a text \`id\` and a text \`text\``);
  for (const [at, entry] of list.entries()) assertWithinLimits(entry, `item ${at} of ${url}`);
  return [...new Map(list.map((entry: Entry) => [entry.id, entry])).values()];
}

/** The first `count` entries of a list that has arrived in part; undefined if fewer have. Throws `bad-input` for one that is invalid. */
export function firstEntries(text: string, url: string, count: number): Entry[] | undefined {
  const end = endOfObject(text, count);
  return end === undefined ? undefined : parseEntries(`${text.slice(0, end)}]`, url);
}

/** A string, which may lack its end, or a bracket. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|[[\]{}]/gs;

/** The position after so many objects of a JSON list; undefined if it has fewer. */
function endOfObject(text: string, count: number): number | undefined {
  let [depth, objects] = [0, 0];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    if (token === "}" && depth === 1 && ++objects === count) return index + 1;
  }
  return undefined;
}

export interface Changes {
  readonly added: readonly Entry[];
  readonly removed: readonly string[];
}

/** The known state of the collection before the change. */
export interface Held {
  /** Ids of all its entries. */
  readonly ids: readonly string[];
  /** The entries as they were stored; empty if that is unknown. */
  readonly as: readonly Entry[];
}

/**
 * The changes that make a collection equal to `target`. An entry is added if it is missing or its text or fields changed. An entry
 * with an empty text is removed.
 */
export function changesTo(target: readonly Entry[], { ids, as }: Held): Changes {
  const there = new Set(ids);
  const known = new Map(as.filter(({ id }) => there.has(id)).map((entry) => [entry.id, JSON.stringify(entry)]));
  const readable = target.filter(({ text = "" }) => text.trim() !== "");
  const kept = new Set(readable.map(({ id }) => id));
  return {
    // At a first visit nothing is known, and many entries would take long to write as JSON.
    added: readable.filter((entry) => !known.has(entry.id) || known.get(entry.id) !== JSON.stringify(entry)),
    removed: ids.filter((id) => !kept.has(id)),
  };
}

/** The engine refuses such an entry too, but its error does not name the file. */
function assertWithinLimits(entry: Entry, where: string): void {
  try {
    checkedEntry(entry);
  } catch (cause) {
    if (!isPipitError(cause)) throw cause;
    const { got, expected, do: advice } = cause;
    throw new PipitError("bad-input", { got: `${where}: ${got}`, expected, do: advice, cause });
  }
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notAList(`text that is not JSON at ${url}`, cause);
  }
}

function isEntry(item: unknown): item is Entry {
  if (typeof item !== "object" || item === null) return false;
  return "id" in item && typeof item.id === "string" && "text" in item && typeof item.text === "string";
}

function notAList(got: string, cause?: unknown): PipitError {
  return new PipitError("bad-input", {
    got,
    expected: "a JSON list of entries: [{ id, text, fields? }]",
    do: "Correct the file that the attribute `source` names.",
    cause,
  });
}
