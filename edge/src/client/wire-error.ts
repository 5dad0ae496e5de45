import type { ErrorCode, WireError } from "@pipit/core";
import { count, objectOf, optional, type Shape, text } from "./shape.ts";

/** A newer server may have codes that this client does not know. */
const code: Shape<string> = (value): value is string => text(value) && /^[a-z]+(-[a-z]+)*$/.test(value);
const body = objectOf({
  error: objectOf({ code, message: text, got: text, expected: text, do: text, stored: optional(count) }),
});

/** The error in the body of a failed answer, or undefined if the body is not from a Pipit server. */
export function wireErrorOf(given: string): WireError | undefined {
  const answer = parsed(given);
  if (!body(answer)) return undefined;
  const { error } = answer;
  if (error.code === "internal") return undefined;
  const { message, got, expected, stored } = error;
  return { name: `Pipit:${error.code}`, message, code: error.code as ErrorCode, got, expected, do: error.do, stored };
}

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}
