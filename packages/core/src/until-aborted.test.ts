import { expect, test } from "vitest";
import { untilAborted } from "./until-aborted.ts";

const never = new Promise<never>(() => undefined);
const aborted = { name: "AbortError", code: "aborted", cause: "enough" };

test("a wait ends when the signal aborts, with its reason", async () => {
  const controller = new AbortController();
  const waiting = untilAborted(never, controller.signal);
  controller.abort("enough");
  await expect(waiting).rejects.toMatchObject(aborted);
});

test("a wait that begins after the abort ends at once", async () => {
  await expect(untilAborted(never, AbortSignal.abort("enough"))).rejects.toMatchObject(aborted);
});

test("work that fails after the abort is no unhandled rejection", async () => {
  const work = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 5));
  await expect(untilAborted(work, AbortSignal.abort("enough"))).rejects.toMatchObject(aborted);
  await new Promise((resolve) => setTimeout(resolve, 20));
});

test("without an abort the outcome is that of the work", async () => {
  const { signal } = new AbortController();
  expect(await untilAborted("at once", signal)).toBe("at once");
  await expect(untilAborted(Promise.reject(new Error("mine")), signal)).rejects.toThrow("mine");
});
