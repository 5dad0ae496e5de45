import { expect, test } from "vitest";
import { Timings } from "./timings.ts";

function timingsOf(most: number, ...times: number[]): Timings {
  const timings = new Timings(most);
  for (const time of times) timings.add(time);
  return timings;
}

test("the median is that of the latest durations, of which a limited number is kept", () => {
  expect(timingsOf(3).median).toBeUndefined();
  expect(timingsOf(3, 100, 9, 10).median).toBe(10);
  expect(timingsOf(3, 900, 900, 900, 1, 2, 3).median).toBe(2);
});
