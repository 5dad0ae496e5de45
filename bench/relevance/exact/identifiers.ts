import { below, type Random } from "@pipit/test/fixtures/seeded";
import type { AskedNote } from "./asked-note.ts";
import { type Draw, drawFrom, noteWith } from "./sentence.ts";

const PARTS = `
  parse header line read write buffer cache token user session file path index query result page item count size name value key
  state event queue worker timer socket request reply body table row column field schema merge split sort filter load save open
  close retry limit offset cursor batch stream frame layer shape
`
  .trim()
  .split(/\s+/);
const HAS_DIGIT = /\d/;
const LETTERS = "ABCDEFGHKMNPQRSTUVWX".split("");
const NAMES = "BRC GTX HLA KX LH MK PCR QR RTX TP UTF ZX".split(" ");
const VERSION_PARTS = Array.from({ length: 24 }, (_, number) => String(number));
const DECOYS = 3;

interface Style {
  draw(draw: Draw, random: Random): string[];
  write(parts: readonly string[]): string;
}

const ofWords = (write: Style["write"]): Style => ({ draw: (draw) => [draw(PARTS), draw(PARTS), draw(PARTS)], write });
/** Of two numbers with so many digits. */
const ofNumbers = (first: number, second: number, write: (first: string, second: string) => string): Style => ({
  draw: (_, random) => [numberOf(first, random), numberOf(second, random)],
  write: ([one = "", other = ""]) => write(one, other),
});
/** Its first digit is no zero, which may be left out. */
const numberOf = (digits: number, random: Random) => String(10 ** (digits - 1) + below(random, 9 * 10 ** (digits - 1)));
const capital = (word: string) => `${word[0]!.toUpperCase()}${word.slice(1)}`;

const STYLES: readonly Style[] = [
  ofWords(([first = "", ...rest]) => first + rest.map(capital).join("")),
  ofWords((parts) => parts.join("_")),
  ofWords((parts) => parts.join(".")),
  {
    draw: (draw, random) => [draw(LETTERS), String(1000 + below(random, 9000))],
    write: ([letter, number]) => `${letter}-${number}`,
  },
  {
    draw: (draw) => [draw(VERSION_PARTS), draw(VERSION_PARTS), draw(VERSION_PARTS)],
    write: (parts) => `v${parts.join(".")}`,
  },
  ofNumbers(4, 2, (whole, cents) => `$${whole[0]},${whole.slice(1)}.${cents}`),
  ofNumbers(2, 2, (whole, cents) => `${whole}.${cents}`),
  ofNumbers(8, 1, (title, check) => `978-3-${title.slice(0, 2)}-${title.slice(2)}-${check}`),
  ofNumbers(5, 2, (part, variant) => `${part}-${variant}`),
  {
    draw: (draw, random) => [draw(NAMES), String(1 + below(random, 999))],
    write: ([name, number]) => `${name}${number}`,
  },
];

const SENTENCES: readonly ((name: string) => string)[] = [
  (name) => `The log of that day mentions ${name} and nothing else.`,
  (name) => `Please look at ${name} before you change anything.`,
  (name) => `Since ${name} was mended the report is complete.`,
  (name) => `It turned out that ${name} had been the cause.`,
];
const QUESTIONS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name,
  (name) => `where is ${name} mentioned`,
  (name) => `what happened with ${name}?`,
];

/** Identifiers within ordinary sentences; the decoys' have the same parts in another order, or all parts but one. */
export function askedIdentifiers(random: Random, count: number): AskedNote[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, i) => {
    const style = STYLES[i % STYLES.length]!;
    const parts = unused(taken, () => style.draw(drawFrom(random), random));
    const near = Array.from({ length: DECOYS }, () => unused(taken, () => nearParts(style, parts, random)));
    const note = (of: readonly string[]) =>
      noteWith(SENTENCES[below(random, SENTENCES.length)]!(style.write(of)), random);
    const words = style.write(parts);
    const question = QUESTIONS[below(random, QUESTIONS.length)]!;
    const asked = { query: question(words), words, right: note(parts), decoys: near.map(note) };
    if (!HAS_DIGIT.test(words)) return asked;
    return { ...asked, unanswerable: question(style.write(unused(taken, () => nearParts(style, parts, random)))) };
  });
}

/** No two identifiers have the same parts in the same order, whatever their style: they would differ in their signs alone. */
function unused(taken: Set<string>, draw: () => string[]): string[] {
  for (;;) {
    const parts = draw();
    const key = parts.join(" ");
    if (taken.has(key)) continue;
    taken.add(key);
    return parts;
  }
}

function nearParts(style: Style, parts: readonly string[], random: Random): string[] {
  const near = [...parts];
  const at = below(random, near.length);
  if (near.length > 2 && random() < 0.5) {
    const other = (at + 1) % near.length;
    [near[at], near[other]] = [near[other]!, near[at]!];
  } else {
    near[at] = style.draw(drawFrom(random), random)[at]!;
  }
  return near;
}
