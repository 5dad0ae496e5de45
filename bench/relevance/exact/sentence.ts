import { below, type Random } from "@pipit/test/fixtures/seeded";

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

export const NOUNS = words(`
  apple anchor barn basket bell blanket boat bottle bridge bucket candle carpet castle chair clock coat curtain desk door drum
  feather fence field garden gate glove hammer harbour hat horse island jacket kettle key kitchen ladder lamp letter map market
  mirror mountain needle orchard oven paper pencil piano pillow river rope saddle shelf shovel spoon stable station stone table
  ticket train trumpet umbrella valley violin wagon wall window
`);
export const ADJECTIVES = words(`
  ancient blue broken bright brown clean cold empty friendly golden green grey heavy hidden large narrow noisy old painted quiet
  red round rusty silver slow small soft tall warm white wooden yellow
`);
const PEOPLE = words(
  "neighbour teacher baker gardener sailor doctor painter driver farmer writer carpenter visitor child nurse",
);
const VERBS = words(
  "carried cleaned sold painted found lost moved mended forgot described counted borrowed opened sketched",
);
const TIMES = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

/** The ends of two words never meet in these, so that a phrase of ordinary words does not arise by accident. */
const PLAIN: readonly ((draw: Draw) => string)[] = [
  (draw) => `On ${draw(TIMES)} a ${draw(PEOPLE)} ${draw(VERBS)} one ${draw(ADJECTIVES)} ${draw(NOUNS)}.`,
  (draw) => `Each ${draw(PEOPLE)} ${draw(VERBS)} some ${draw(NOUNS)} or other, and nobody asked why.`,
  (draw) => `A ${draw(ADJECTIVES)} ${draw(NOUNS)} was ${draw(VERBS)} again, said our ${draw(PEOPLE)}.`,
  (draw) => `Until ${draw(TIMES)} no ${draw(PEOPLE)} had ${draw(VERBS)} any ${draw(NOUNS)}, or so we read.`,
];

export type Draw = (list: readonly string[]) => string;

export function drawFrom(random: Random): Draw {
  return (list) => list[below(random, list.length)]!;
}

/** One to three sentences of ordinary words; the one that is handed in lies at any place among them. */
export function noteWith(sentence: string, random: Random): string {
  const sentences = Array.from({ length: below(random, 3) }, () => plainSentence(random));
  sentences.splice(below(random, sentences.length + 1), 0, sentence);
  return sentences.join(" ");
}

export function plainSentence(random: Random): string {
  return PLAIN[below(random, PLAIN.length)]!(drawFrom(random));
}
