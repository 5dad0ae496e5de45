import { PipitError } from "@pipit/core";

/** Parses a port. Throws `bad-input` unless it is a whole number in the range of ports. */
export function portOf(text: string, name: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new PipitError("bad-input", {
    got: `the port ${JSON.stringify(text)}`,
    expected: "a whole number from 0 to 65535",
    do: `Give ${name} a port number, or 0 for any free one.`,
  });
}
