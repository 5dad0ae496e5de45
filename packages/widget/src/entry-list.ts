import { type Entry, PipitError } from "@pipit/core";

/** Reads the text of a `source` file. Fails with `bad-input` naming the first thing that is not an entry. */
export function parseEntries(text: string, url: string): Entry[] {
  const list = parseJson(text, url);
  if (!Array.isArray(list)) throw notAList(`JSON that is no list at ${url}`);
  const stranger = list.findIndex((item) => !isEntry(item));
  if (stranger >= 0) throw notAList(`item ${stranger} of ${url} without a text \`id\` and a text \`text\``);
  return list;
}

export interface Changes {
  readonly added: readonly Entry[];
  readonly removed: readonly string[];
}

/** What turns the entries of `before` into those of `after`. An entry whose text or fields changed counts as added. */
export function changesBetween(before: readonly Entry[], after: readonly Entry[]): Changes {
  const known = new Map(before.map((entry) => [entry.id, JSON.stringify(entry)]));
  const wanted = new Set(after.map((entry) => entry.id));
  return {
    added: after.filter((entry) => known.get(entry.id) !== JSON.stringify(entry)),
    removed: [...known.keys()].filter((id) => !wanted.has(id)),
  };
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
