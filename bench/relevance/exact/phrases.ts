import { below, type Random } from "@pipit/test/fixtures/seeded";
import type { AskedNote } from "./asked-note.ts";
import { ADJECTIVES, type Draw, drawFrom, NOUNS, noteWith } from "./sentence.ts";

const PLACES = ["behind", "beside", "under", "above", "near", "before"];

/** A phrase, and the same words in other orders. */
type Phrase = readonly [phrase: string, ...others: string[]];

const FORMS: readonly ((draw: Draw) => Phrase)[] = [
  (draw) => orders(draw(ADJECTIVES), draw(NOUNS), draw(NOUNS)),
  (draw) => placed(draw(NOUNS), draw(PLACES), draw(NOUNS)),
];

const SENTENCES: readonly ((phrase: string) => string)[] = [
  (phrase) => `All that the sign said was: ${phrase}.`,
  (phrase) => `They still speak about the ${phrase} in our village.`,
  (phrase) => `What the picture shows is the ${phrase}, nothing more.`,
  (phrase) => `Ask for the ${phrase} if you ever come here.`,
];

/** Quoted phrases of ordinary words; the decoys hold the same words in another order. */
export function askedPhrases(random: Random, count: number): AskedNote[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, i) => {
    const [phrase, ...others] = unused(taken, () => FORMS[i % FORMS.length]!(drawFrom(random)));
    const note = (words: string) => noteWith(SENTENCES[below(random, SENTENCES.length)]!(words), random);
    return { query: `"${phrase}"`, words: phrase, right: note(phrase), decoys: others.map(note) };
  });
}

/** Phrases of the same words, in any order, are drawn once. */
function unused(taken: Set<string>, draw: () => Phrase): Phrase {
  for (;;) {
    const phrase = draw();
    const words = phrase[0].split(" ").sort();
    const key = words.join(" ");
    if (taken.has(key) || new Set(words).size < words.length) continue;
    taken.add(key);
    return phrase;
  }
}

function orders(a: string, b: string, c: string): Phrase {
  return [`${a} ${b} ${c}`, `${b} ${a} ${c}`, `${c} ${b} ${a}`, `${a} ${c} ${b}`];
}

function placed(a: string, place: string, b: string): Phrase {
  return [
    `${a} ${place} the ${b}`,
    `${b} ${place} the ${a}`,
    `${a} and the ${b} ${place}`,
    `${place} the ${b} the ${a}`,
  ];
}
