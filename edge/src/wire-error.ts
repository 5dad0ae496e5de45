import type { WireError } from "@pipit/core";

/** The error in the body of a failed answer, or undefined if the body is not from a Pipit server. */
export function wireErrorOf(text: string): WireError | undefined {
  const error = parsed(text)?.error;
  if (!error || typeof error.message !== "string" || typeof error.do !== "string" || !error.code) return undefined;
  if ((error.code as string) === "internal") return undefined;
  const { code, message, got, expected, stored } = error;
  return { name: `Pipit:${code}`, message, code, got, expected, do: error.do, stored };
}

function parsed(text: string): { error?: Partial<WireError> } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
