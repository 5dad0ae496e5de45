import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { expect, test } from "vitest";
import { findProjection } from "./find-projection.ts";

const { spec } = await minilmTwin();
const width = spec.space.dimensions;
const projection = twinProjection(spec.space, { width, dimensions: 16 });

test("a projection of the model is used, and nothing is asked where none is named", async () => {
  expect(await findProjection({ spec, projection: async () => projection }, undefined)).toEqual({ projection });
  expect(await findProjection({ spec }, undefined)).toEqual({});
});

test("the source has the signal of the load", async () => {
  const { signal } = new AbortController();
  const given: unknown[] = [];
  const source = async (passed?: AbortSignal) => {
    given.push(passed);
    return projection;
  };
  await findProjection({ spec, projection: source }, signal);
  expect(given).toEqual([signal]);
});

test.each([
  ["cannot be had", () => Promise.reject(new Error("no file")), /^no file$/],
  ["is refused with a text", () => Promise.reject("gone"), /^gone$/],
  ["is another model's", async () => twinProjection({ id: "f".repeat(32) }, { width, dimensions: 16 }), /f{32}/],
  ["is of other states", async () => twinProjection(spec.space, { width: 2 * width, dimensions: 16 }), /96 values/],
])("one that %s is a reason and no failure", async (_, source, why) => {
  const found = await findProjection({ spec, projection: source }, undefined);
  expect(found).toEqual({ whyNoTokens: expect.stringMatching(why) });
});

test("a load that is aborted rejects with aborted, whatever the source says", async () => {
  const signal = AbortSignal.abort();
  const finding = findProjection({ spec, projection: () => Promise.reject(new Error("cut off")) }, signal);
  await expect(finding).rejects.toMatchObject({ code: "aborted" });
});
