import { expect, test } from "vitest";
import { EfPace, type PaceOptions } from "./ef-pace.ts";

/** Searches that take `fixed` ms and `perEf` ms for each step of ef. */
function machine(options: Partial<PaceOptions> = {}) {
  const load = { fixed: 0, perEf: 0.01 };
  const pace = new EfPace({ target: 2, ...options });
  const run = (times: number, k = 10) => {
    for (let i = 0; i < times; i++) {
      const ef = pace.ef(k);
      pace.observe(ef, load.fixed + load.perEf * ef);
    }
    return pace.ef(k);
  };
  return { pace, load, run };
}

test("begins at 128 when nothing was seen", () => {
  expect(machine().pace.ef(10)).toBe(128);
});

test("settles at the ef whose searches take the target", () => {
  expect(machine().run(50)).toBe(200);
});

test("settles near the target when each search has a fixed cost too", () => {
  const { load, run } = machine();
  load.fixed = 1;
  const ef = run(300);
  expect(Math.abs(1 + 0.01 * ef - 2)).toBeLessThanOrEqual(0.25);
});

test("narrows when the load grows and widens when it falls", () => {
  const { load, run } = machine();
  run(50);
  load.perEf = 0.02;
  expect(run(60)).toBeLessThanOrEqual(112);
  load.perEf = 0.01;
  expect(run(100)).toBeGreaterThanOrEqual(178);
});

test("goes no lower than 64 however slow searches are", () => {
  expect(machine({ target: 0.01 }).run(50)).toBe(64);
});

test("goes no higher than 512 however quick searches are", () => {
  expect(machine({ target: 1000 }).run(50)).toBe(512);
});

test("goes up to 512 on a clock too coarse to see a search", () => {
  const { load, run } = machine();
  load.perEf = 0;
  expect(run(50)).toBe(512);
});

test("is never below k, also beyond its range", () => {
  const { pace } = machine();
  expect([pace.ef(200), pace.ef(1000)]).toEqual([200, 1000]);
});

test("is not upset by one search that took a thousand times as long", () => {
  const { pace, run } = machine();
  run(50);
  pace.observe(200, 2000);
  expect(pace.ef(10)).toBeGreaterThanOrEqual(128);
});

test("comes down again from a clock that answered 0 for long", () => {
  const { load, run } = machine();
  load.perEf = 0;
  run(100);
  load.perEf = 0.04;
  expect(run(100)).toBe(64);
});

test("does not move while times are within a tenth of the target", () => {
  const { load, run } = machine();
  const settled = run(50);
  load.perEf *= 1.08;
  expect(run(100)).toBe(settled);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("learns nothing from a time of %f ms", (ms) => {
  const { pace, run } = machine();
  const settled = run(50);
  for (let i = 0; i < 50; i++) pace.observe(200, ms);
  expect(run(1)).toBe(settled);
});

test("learns nothing from an ef of 0", () => {
  const { pace, run } = machine();
  const settled = run(50);
  for (let i = 0; i < 50; i++) pace.observe(0, 50);
  expect(run(1)).toBe(settled);
});

test("walks the same way for the same times", () => {
  const walk = () => {
    const { run } = machine();
    const efs: number[] = [];
    for (let i = 0; i < 30; i++) efs.push(run(1));
    return efs;
  };
  expect(walk()).toEqual(walk());
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
