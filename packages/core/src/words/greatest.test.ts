import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { greatest } from "./greatest.ts";

test("the greatest scores are those of a sort, of equal ones the smaller number first", () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round++) {
    const scores = Float64Array.from({ length: 1 + Math.floor(random() * 60) }, () => Math.floor(random() * 12));
    const numbers = [...scores.keys()].filter(() => random() < 0.8).sort(() => random() - 0.5);
    const sorted = numbers.toSorted((a, b) => scores[b]! - scores[a]! || a - b);
    for (const k of [0, 1, 2, 5, 100]) expect(greatest(numbers, k, scores)).toEqual(sorted.slice(0, k));
  }
});
