import { below, type Random } from "@pipit/test/fixtures/seeded";
import type { AskedNote } from "./asked-note.ts";
import { drawFrom, noteWith } from "./sentence.ts";

const ONSETS = "b br d dr f fl g gr h j k kl l m n p pr qu r s sk st t th tr v w x z".split(" ");
const VOWELS = "a e i o u y ae ei ou".split(" ");
const ENDS = "ld lm n nd ndt r rk rn rquist sk ss th v x zk".split(" ");

const SENTENCES: readonly ((name: string) => string)[] = [
  (name) => `This letter was written by ${name}.`,
  (name) => `We met ${name} at that time, if only once.`,
  (name) => `Nobody but ${name} had seen it.`,
  (name) => `The prize went to ${name} at last.`,
];

/** Rare invented names; the decoys' have the same first name, or a last name that differs in a few letters. */
export function askedNames(random: Random, count: number): AskedNote[] {
  const taken = new Set<string>();
  const lastName = (draw: () => string[]) => unused(taken, draw);
  return Array.from({ length: count }, () => {
    const first = capital(syllable(random).join(""));
    const syllables = lastName(() => [syllable(random), syllable(random)].flat());
    const near = lastName(() => respelled(syllables, random));
    const other = lastName(() => [syllable(random), syllable(random)].flat());
    const note = (last: readonly string[]) =>
      noteWith(SENTENCES[below(random, SENTENCES.length)]!(`${first} ${written(last)}`), random);
    const words = written(syllables);
    return { query: question(first, words, random), words, right: note(syllables), decoys: [near, other].map(note) };
  });
}

function question(first: string, last: string, random: Random): string {
  const forms = [last, `${first} ${last}`, last.toLowerCase(), `what do we know about ${first} ${last}?`];
  return drawFrom(random)(forms);
}

function syllable(random: Random): string[] {
  const draw = drawFrom(random);
  return [draw(ONSETS), draw(VOWELS), draw(ENDS)];
}

function respelled(syllables: readonly string[], random: Random): string[] {
  const changed = [...syllables];
  changed[1] = drawFrom(random)(VOWELS);
  return changed;
}

/** No two last names are the same letters. */
function unused(taken: Set<string>, draw: () => string[]): string[] {
  for (;;) {
    const syllables = draw();
    if (taken.has(written(syllables))) continue;
    taken.add(written(syllables));
    return syllables;
  }
}

function written(syllables: readonly string[]): string {
  return capital(syllables.join(""));
}

function capital(word: string): string {
  return `${word[0]!.toUpperCase()}${word.slice(1)}`;
}
