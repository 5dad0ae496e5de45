import { expect, test } from "vitest";
import { EfPace, type PaceOptions } from "./ef-pace.ts";

/** A search whose time is `fixed` ms and `perEf` ms for each step of ef, on a clock of its own. */
function machine(options: Partial<PaceOptions> = {}) {
  let now = 0;
  const load = { fixed: 0, perEf: 0.01 };
  const pace = new EfPace({ target: 2, clock: () => now, ...options });
  const search = async (ef: number) => {
    now += load.fixed + load.perEf * ef;
    return ef;
  };
  const run = async (times: number, k = 10) => {
    for (let i = 0; i < times; i++) await pace.run(k, search);
    return pace.ef(k);
  };
  return { pace, load, run };
}

test("begins at 128 when nothing was seen", () => {
  expect(machine().pace.ef(10)).toBe(128);
});

test("settles at the ef whose searches take the target", async () => {
  expect(await machine().run(50)).toBe(200);
});

test("settles near the target when each search has a fixed cost too", async () => {
  const { load, run } = machine();
  load.fixed = 1;
  const ef = await run(300);
  expect(Math.abs(1 + 0.01 * ef - 2)).toBeLessThanOrEqual(0.25);
});

test("narrows when the load grows and widens when it falls", async () => {
  const { load, run } = machine();
  await run(50);
  load.perEf = 0.02;
  expect(await run(60)).toBeLessThanOrEqual(112);
  load.perEf = 0.01;
  expect(await run(100)).toBeGreaterThanOrEqual(178);
});

test("goes no lower than 64 however slow searches are", async () => {
  expect(await machine({ target: 0.01 }).run(50)).toBe(64);
});

test("goes no higher than 512 however quick searches are", async () => {
  expect(await machine({ target: 1000 }).run(50)).toBe(512);
});

test("goes up to 512 on a clock too coarse to see a search", async () => {
  const { load, run } = machine();
  load.perEf = 0;
  expect(await run(50)).toBe(512);
});

test("is never below k, also beyond its range", () => {
  const { pace } = machine();
  expect([pace.ef(200), pace.ef(1000)]).toEqual([200, 1000]);
});

test("hands the search the ef it says", async () => {
  const { pace } = machine();
  expect(await pace.run(300, async (ef) => ef)).toBe(300);
});

test("is not upset by one search that took a thousand times as long", async () => {
  const { pace, run } = machine();
  await run(50);
  pace.observe(200, 2000);
  expect(pace.ef(10)).toBeGreaterThanOrEqual(128);
});

test("comes down again from a clock that answered 0 for long", async () => {
  const { load, run } = machine();
  load.perEf = 0;
  await run(100);
  load.perEf = 0.04;
  expect(await run(100)).toBe(64);
});

test("does not move while times are within a tenth of the target", async () => {
  const { load, run } = machine();
  const settled = await run(50);
  load.perEf *= 1.08;
  expect(await run(100)).toBe(settled);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("learns nothing from a time of %f ms", async (ms) => {
  const { pace, run } = machine();
  const settled = await run(50);
  for (let i = 0; i < 50; i++) pace.observe(200, ms);
  expect(await run(1)).toBe(settled);
});

test("learns nothing from an ef of 0", async () => {
  const { pace, run } = machine();
  const settled = await run(50);
  for (let i = 0; i < 50; i++) pace.observe(0, 50);
  expect(await run(1)).toBe(settled);
});

test("learns nothing from a search that fails", async () => {
  let now = 0;
  const pace = new EfPace({ target: 2, clock: () => now });
  const failing = async () => {
    now += 1000;
    throw new Error("closed");
  };
  await expect(pace.run(10, failing)).rejects.toThrow("closed");
  expect(pace.ef(10)).toBe(128);
});

test("walks the same way for the same times", async () => {
  const walk = async () => {
    const { run } = machine();
    const efs: number[] = [];
    for (let i = 0; i < 30; i++) efs.push(await run(1));
    return efs;
  };
  expect(await walk()).toEqual(await walk());
});

const refused: [string, Partial<PaceOptions>][] = [
  ["a target of 0", { target: 0 }],
  ["a target that is NaN", { target: Number.NaN }],
  ["an endless target", { target: Number.POSITIVE_INFINITY }],
  ["a range that falls", { least: 100, most: 50 }],
  ["a range from 0", { least: 0 }],
  ["a range of broken numbers", { most: 100.5 }],
  ["a start of NaN", { start: Number.NaN }],
];
test.each(refused)("refuses %s", (_, options) => {
  expect(() => machine(options)).toThrow(expect.objectContaining({ code: "bad-input" }));
});
