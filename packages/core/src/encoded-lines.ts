import { Slices } from "./let-others-run.ts";

const AT_ONCE = 4096;

/** Texts without line feeds in UTF-8, each with a line feed. It yields to the event loop. */
export async function encodedLines(lines: readonly string[]): Promise<Uint8Array[]> {
  const slices = new Slices();
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    pieces.push(encoder.encode(`${lines.slice(from, from + AT_ONCE).join("\n")}\n`));
    await slices.pause();
  }
  return pieces;
}

/** Throws a RangeError if there are not as many, and a TypeError if they are no UTF-8. */
export function linesOf(bytes: Uint8Array, count: number): string[] {
  const lines = new TextDecoder("utf-8", { fatal: true }).decode(bytes).split("\n");
  if (lines.length !== count + 1) throw new RangeError(`${lines.length - 1} lines, not ${count}`);
  lines.pop();
  return lines;
}

/** Any string as a line. An id without quotes, line feeds and the like, as most are, takes no more than its own bytes. */
export function lineOf(id: string): string {
  const json = JSON.stringify(id);
  return json === `"${id}"` ? id : json;
}

export function idIn(line: string): string {
  return line.startsWith('"') ? JSON.parse(line) : line;
}
