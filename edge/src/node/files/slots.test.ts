import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

/** Tasks that the test ends, and a record of those that have begun. */
function tasks() {
  const begun: string[] = [];
  const ends = new Map<string, { end: () => void; fail: (error: Error) => void }>();
  const task = (name: string) => () =>
    new Promise<string>((done, failed) => {
      begun.push(name);
      ends.set(name, { end: () => done(name), fail: failed });
    });
  return { begun, task, of: (name: string) => ends.get(name)! };
}

test("a limited number runs at a time, the others in the order of their calls", async () => {
  const { begun, task, of } = tasks();
  const slots = new Slots(2);
  const [a, , c] = ["a", "b", "c", "d"].map((name) => slots.run(task(name)));
  expect(begun).toEqual(["a", "b"]);
  of("a").end();
  expect(await a).toBe("a");
  expect(begun).toEqual(["a", "b", "c"]);
  of("c").end();
  await c;
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

test("one that fails gives its slot to the next", async () => {
  const { begun, task, of } = tasks();
  const slots = new Slots(1);
  const failed = slots.run(task("fails"));
  const next = slots.run(task("next"));
  of("fails").fail(new Error("a mistake"));
  await expect(failed).rejects.toThrow("a mistake");
  expect(begun).toEqual(["fails", "next"]);
  of("next").end();
  expect(await next).toBe("next");
  const last = slots.run(task("last"));
  of("last").end();
  expect(await last).toBe("last");
});
