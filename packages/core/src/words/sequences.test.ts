import { expect, test } from "vitest";
import { Sequences } from "./sequences.ts";
import { WordSlots } from "./word-slots.ts";

test("the words of a unit are visited with their fields, whatever the lengths of their numbers, to the last byte of a snapshot", () => {
  const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1];
  const made = new Sequences();
  made.add([{ quarters: 0, words: [5, 5], beside: [] }]);
  for (const last of numbers) {
    made.add([
      { quarters: 12, words: [7, ...numbers], beside: [last] },
      { quarters: 0, words: numbers, beside: [last] },
    ]);
  }
  const lengths = Uint32Array.from({ length: made.units }, (_, unit) => made.lengthOf(unit));
  const slots = new WordSlots(numbers);
  for (const sequences of [made, Sequences.open(made.stored.slice(), lengths)]) {
    for (const [i, last] of numbers.entries()) {
      const visited: [number, number][] = [];
      sequences.eachWord(i + 1, slots, (slot, quarters) => void visited.push([numbers[slot]!, quarters]));
      expect(visited).toEqual(
        [...numbers, last].map((word) => [word, 12]).concat([...numbers, last].map((word) => [word, 0])),
      );
    }
  }
});
