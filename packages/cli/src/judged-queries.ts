import { type Answer, badInput } from "@pipit/core";

export interface JudgedQuery {
  readonly query: string;
  /** The gain of each entry that answers it, above 0; none if the collection has no answer. */
  readonly gains: Answer["gains"];
}

const FORM = 'lines of JSON such as {"query": "night bird", "relevant": ["tawny-owl"]}, or {"tawny-owl": 2} with gains';

/** Reads one judged query a line; empty lines are skipped. Fails with `bad-input`, which names the line. */
export function readJudgedQueries(text: string): JudgedQuery[] {
  const queries = text
    .replace(/^\ufeff/, "")
    .split("\n")
    .flatMap((line, i) => (line.trim() === "" ? [] : [judgedQuery(line, i + 1)]));
  if (queries.length === 0) throw badInput(text, FORM, "Write one query a line.");
  return queries;
}

function judgedQuery(line: string, number: number): JudgedQuery {
  const { query, relevant } = Object(parsed(line));
  const gains = gainsOf(relevant);
  if (typeof query !== "string" || query.trim() === "" || !gains) throw badInput(line, FORM, `Mend line ${number}.`);
  return { query, gains };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function gainsOf(relevant: unknown): Answer["gains"] | undefined {
  if (Array.isArray(relevant))
    return relevant.every((id) => typeof id === "string") ? new Map(relevant.map((id) => [id, 1])) : undefined;
  if (typeof relevant !== "object" || relevant === null) return undefined;
  const gains = Object.entries(relevant);
  const isSound = gains.every(([, gain]) => typeof gain === "number" && Number.isFinite(gain) && gain > 0);
  return isSound ? new Map(gains) : undefined;
}
