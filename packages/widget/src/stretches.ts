import type { Span } from "@pipit/core";

/** A part of a text, and whether it is marked. */
export interface Stretch {
  readonly text: string;
  readonly marked: boolean;
}

/**
 * Divides a text at the spans to mark. Spans may overlap, and those beyond the text are cut. A span that begins or ends within a
 * surrogate pair marks the whole pair, because half of one is no character.
 */
export function stretchesOf(text: string, spans: readonly Span[]): Stretch[] {
  const marks = new Uint8Array(text.length);
  for (const { start, end } of spans) {
    if (start < end) marks.fill(1, startOfPair(text, Math.max(0, start)), endOfPair(text, Math.max(0, end)));
  }
  return runsOf(text, marks);
}

function runsOf(text: string, marks: Uint8Array): Stretch[] {
  const stretches: Stretch[] = [];
  for (let start = 0; start < text.length; ) {
    const next = marks.indexOf(marks[start] === 1 ? 0 : 1, start);
    const end = next < 0 ? text.length : next;
    stretches.push({ text: text.slice(start, end), marked: marks[start] === 1 });
    start = end;
  }
  return stretches;
}

function startOfPair(text: string, at: number): number {
  return splitsPair(text, at) ? at - 1 : at;
}

function endOfPair(text: string, at: number): number {
  return splitsPair(text, at) ? at + 1 : at;
}

function splitsPair(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff;
}
