import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { greatest, kthGreatest } from "./greatest.ts";

test("the greatest scores are those of a sort, of equal ones the smaller number first", () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round++) {
    const count = Math.floor(random() * 60);
    // What lies after the first places does not count.
    const scores = Float64Array.from({ length: count + 3 }, (_, i) => (i < count ? Math.floor(random() * 12) : 100));
    const numbers = [...scores.keys()].sort(() => random() - 0.5);
    const places = [...numbers.keys()].slice(0, count);
    const sorted = places.sort((a, b) => scores[b]! - scores[a]! || numbers[a]! - numbers[b]!);
    for (const k of [0, 1, 2, 5, 100]) expect(greatest({ numbers, scores, count }, k)).toEqual(sorted.slice(0, k));
    for (let k = 1; k <= count; k++) expect(kthGreatest(scores, count, k)).toBe(scores[sorted[k - 1]!]);
  }
});
