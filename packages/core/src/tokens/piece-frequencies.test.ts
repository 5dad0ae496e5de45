import { expect, test } from "vitest";
import { PieceFrequencies } from "./piece-frequencies.ts";

function counted(...passages: number[][]): PieceFrequencies {
  const frequencies = new PieceFrequencies();
  for (const ids of passages) frequencies.add(ids);
  return frequencies;
}

test("a piece weighs more the fewer passages have it, most if none has", () => {
  const [every, some, one, none] = counted([1, 2, 3], [1, 2], [1]).weightsOf([1, 2, 3, 4]);
  expect(every).toBeGreaterThan(0);
  expect(some).toBeGreaterThan(every!);
  expect(one).toBeGreaterThan(some!);
  expect(none).toBeGreaterThan(one!);
});

test("the weight is that of BM25", () => {
  expect(counted([7], [7], [8], [9]).weightsOf([7])[0]).toBeCloseTo(Math.log(1 + 2.5 / 2.5), 6);
});

test("a piece counts once a passage, however often it occurs in it", () => {
  expect(counted([5, 5, 5], [6]).weightsOf([5])).toEqual(counted([5], [6]).weightsOf([5]));
});

test("a removed passage counts no more", () => {
  const frequencies = counted([1, 2], [2, 3], [4]);
  frequencies.remove([3, 2]);
  expect(frequencies.passages).toBe(2);
  expect(frequencies.weightsOf([1, 2, 3, 4])).toEqual(counted([1, 2], [4]).weightsOf([1, 2, 3, 4]));
});

test("counts are taken up again, and are equal for equal collections", () => {
  const frequencies = counted([3, 1], [1], [2]);
  const again = new PieceFrequencies(structuredClone(frequencies.counts()));
  expect(again.weightsOf([1, 2, 3, 4])).toEqual(frequencies.weightsOf([1, 2, 3, 4]));
  again.remove([2]);
  expect(again.counts()).toEqual(counted([1], [1, 3]).counts());
  expect(frequencies.passages).toBe(3);
});
