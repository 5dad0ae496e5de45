import { expect, test } from "vitest";
import { RecallHold } from "./recall-hold.ts";

function holding(ef: number): RecallHold {
  const hold = new RecallHold({
    target: 0.99,
    truth: () => expect.unreachable("nothing is measured"),
    search: () => expect.unreachable("nothing is searched"),
    clock: () => 0,
    isWorth: () => true,
  });
  hold.restore({ ef, recall: 1, median: 0.1, count: 50_000 }, { count: 50_000, changed: 0 });
  return hold;
}

// Where ten neighbours lie together and all others far from them, twenty are harder to find than twice ten.
test.each([
  { measured: 20, least: 64 },
  { measured: 80, least: 120 },
])(
  "$measured measured for ten: $least are held for up to ten, and as many times more as neighbours are asked for",
  (given) => {
    const hold = holding(given.measured);
    for (const k of [1, 10]) expect(hold.ef(k, 50_000)).toBe(given.least);
    for (const k of [20, 100]) expect(hold.ef(k, 50_000)).toBe((given.least * k) / 10);
  },
);
