import { below, type Random, seeded } from "@pipit/test/fixtures/seeded";
import type { RelevanceDocument, RelevanceQuery, RelevanceSet } from "../relevance-set.ts";

const SEED = 41;
const LINES = 1200;
const ASKED = 240;

const GIVEN = "Ada Bruno Carla Dorin Edda Falk Gesa Hanno Ilka Jorin Katja Levin Mira Nils Oda Pavel".split(" ");
const FAMILY =
  "Arnsel Bortek Cravius Dollman Eskova Fernhag Gilling Haveras Imhold Jastrow Kroning Luvell Marder".split(" ");
const THINGS =
  "pump,gasket,steel door,window frame,oil filter,water meter,fuse box,roof tile,garden chair,fire hose,desk lamp,boiler".split(
    ",",
  );
/** Around a half of what is asked; few of their words are in the ledger. */
const FRAMES: readonly ((words: string) => string)[] = [
  (words) => `please find everything on ${words}`,
  (words) => `${words}, who knows about it?`,
  (words) => `I need the record of ${words}`,
  (words) => `is ${words} still around`,
];
const PLACES = "north yard,cellar,hall three,workshop,loading dock,attic,gate house,greenhouse".split(",");
const DEEDS =
  "was delivered to,was moved to,was repaired in,is missing from,was counted in,was painted in,waits for a test in".split(
    ",",
  );

interface Line {
  readonly code: string;
  readonly name: string;
  readonly thing: string;
  readonly place: string;
  readonly deed: string;
}

/**
 * A ledger of which each line has a code and a name. Codes differ in a letter or digit, and names share their parts, so that only a
 * line with the whole of what is asked is right. A fifth of the queries ask for codes and names that no line has.
 */
export function ledgerSet(): RelevanceSet {
  const random = seeded(SEED);
  const lines = Array.from({ length: LINES }, (_, i) => lineOf(i, random));
  const documents = lines.map((line, i): RelevanceDocument => ({ id: `line-${i + 1}`, text: textOf(line, i) }));
  const queries = Array.from({ length: ASKED }, (_, i) => queryOf(i, lines, random));
  return { name: "ledger", language: "en", documents, queries };
}

function lineOf(i: number, random: Random): Line {
  const pick = (list: readonly string[]) => list[below(random, list.length)]!;
  return {
    code: codeOf(i),
    name: `${pick(GIVEN)} ${pick(FAMILY)}`,
    thing: pick(THINGS),
    place: pick(PLACES),
    deed: pick(DEEDS),
  };
}

/** Neighbours differ in one place: "TR-1007-B", "TR-1007.3", "QL/1008". */
function codeOf(i: number): string {
  const [prefix, number] = [["TR", "QL", "VX"][i % 3], 1000 + Math.floor(i / 5)];
  return [
    `${prefix}-${number}-B`,
    `${prefix}-${number}.3`,
    `${prefix}/${number}`,
    `${prefix}${number}`,
    `${prefix}-${number}`,
  ][i % 5]!;
}

function textOf({ code, name, thing, place, deed }: Line, i: number): string {
  const texts = [
    `The ${thing} ${code} ${deed} the ${place}, signed ${name}.`,
    `${name} notes: ${thing} ${deed} the ${place}. Code ${code}.`,
    `${code}: ${thing}, ${place}. ${name} saw to it.`,
  ];
  return texts[i % texts.length]!;
}

function queryOf(i: number, lines: readonly Line[], random: Random): RelevanceQuery {
  const line = lines[below(random, lines.length)]!;
  if (i % 5 === 4) return unanswered(i, line);
  const asked: Partial<Line>[] = [
    { code: line.code },
    { name: line.name },
    { thing: line.thing, code: line.code },
    { name: line.name, thing: line.thing },
  ];
  const words = asked[i % 5]!;
  const isRight = (other: Line) => Object.entries(words).every(([key, value]) => other[key as keyof Line] === value);
  const right = lines.flatMap((other, at) => (isRight(other) ? [`line-${at + 1}`] : []));
  return { text: framed(Object.values(words).join(" "), random), gains: new Map(right.map((id) => [id, 1])) };
}

function framed(words: string, random: Random): string {
  return random() < 0.5 ? words : FRAMES[below(random, FRAMES.length)]!(words);
}

function unanswered(i: number, line: Line): RelevanceQuery {
  const texts = [`ZK-${7000 + i}`, `${line.name.split(" ")[0]} Wurzner`, `Tilman Quastmeier`, `YB/${3000 + i}`];
  return { text: texts[(i >> 2) % texts.length]!, gains: new Map() };
}
