import { expect, test } from "vitest";
import { HTTP_LIMITS } from "../app/limits.ts";
import { idBatches } from "./id-batches.ts";

const sizes = (ids: readonly string[]) => idBatches(ids).map(({ length }) => length);

test("without ids there is one empty list", () => {
  expect(idBatches([])).toEqual([[]]);
});

test("a list has at most as many ids as a call may have", () => {
  const most = HTTP_LIMITS.idsPerCall;
  const ids = Array.from({ length: 2 * most + 1 }, (_, i) => `${i}`);
  expect(sizes(ids)).toEqual([most, most, 1]);
  expect(idBatches(ids).flat()).toEqual(ids);
});

test("long ids are divided by their characters", () => {
  const ids = Array.from({ length: 9 }, (_, i) => `${i}${"x".repeat(300_000)}`);
  expect(sizes(ids)).toEqual([4, 4, 1]);
  expect(idBatches(ids).flat()).toEqual(ids);
});
