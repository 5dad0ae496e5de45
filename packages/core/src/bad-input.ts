import { PipitError } from "./errors.ts";

/** `bad-input` for a well-formed value that exceeds `LIMITS`. HTTP answers it with a status of its own. */
export class LimitError extends PipitError {
  constructor(got: string, expected: string, advice: string) {
    super("bad-input", { got, expected, do: advice });
  }
}

export function badInput(got: unknown, expected: string, advice: string): PipitError {
  return new PipitError("bad-input", { got: shown(got), expected, do: advice });
}

const MOST_SHOWN = 60;
const MOST_NAMES = 8;

/** Describes a value in a few words. The value is untrusted: it may be cyclic or endless, or throw when converted to a string. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MOST_SHOWN));
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return "a BigInt";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return `${kindOf(value)} with ${namesIn(value).join(", ") || "no properties"}`;
}

function kindOf(value: object): string {
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return kind === "Object" ? "an object" : `an object of kind ${kind.slice(0, MOST_SHOWN)}`;
}

function namesIn(value: object): string[] {
  const names = Object.keys(value).slice(0, MOST_NAMES);
  return names.map((name) => name.slice(0, MOST_SHOWN));
}
