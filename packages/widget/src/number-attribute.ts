import { PipitError } from "@pipit/core";
import { tellOwner } from "./remedy.ts";

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

/**
 * The number in an attribute of an element; undefined if it is absent. Any other text counts as absent and is reported to the site's
 * owner, because visitors cannot correct it.
 */
export function numberAttribute(
  element: Pick<Element, "getAttribute">,
  name: string,
  { least, most, isWhole = false }: Range,
): number | undefined {
  const text = element.getAttribute(name);
  if (text === null) return undefined;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (number >= least && number <= most && (!isWhole || Number.isInteger(number))) return number;
  tellOwner(
    new PipitError("bad-input", {
      got: `${name}=${JSON.stringify(text.slice(0, 60))}`,
      expected: `a ${isWhole ? "whole " : ""}number from ${least} to ${most}`,
      do: `Correct the attribute ${name}; until then the search goes on without it.`,
    }),
  );
  return undefined;
}
