import { expect, test, vi } from "vitest";
import { once } from "./once.ts";

test("work is done once per key, and again after a failure", async () => {
  const work = vi.fn(async (key: string) => `${key} done`);
  const done = once((key: string) => key, work);
  work.mockRejectedValueOnce(new Error("no network"));
  await expect(done("a")).rejects.toThrow("no network");
  expect([await done("a"), await done("a"), await done("b")]).toEqual(["a done", "a done", "b done"]);
  expect(work.mock.calls).toEqual([["a"], ["a"], ["b"]]);
});
