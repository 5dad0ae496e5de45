import type { Hit } from "@pipit/core";
import { expect, test } from "vitest";
import { groupedHits } from "./grouped-hits.ts";

const hit = (id: string, path?: string): Hit => ({
  id,
  score: 0.5,
  evidence: {},
  matches: [],
  entry: { id, text: id, ...(path !== undefined && { fields: { path } }) },
  part: { modality: "text", text: id, start: 0, end: id.length },
});
const shown = (...hits: Hit[]) => groupedHits(hits).map(({ best, others }) => [best, ...others].map(({ id }) => id));

test("parts of one document are together, where its best part is", () => {
  const hits = [hit("b#2", "b"), hit("a#3", "a"), hit("b", "b"), hit("a", "a"), hit("b#9", "b")];
  expect(shown(...hits)).toEqual([
    ["b#2", "b", "b#9"],
    ["a#3", "a"],
  ]);
});

test("birds are each on their own, also beside a file of the same name", () => {
  expect(shown(hit("wren"), hit("lark"), hit("wren", "wren"))).toEqual([["wren"], ["lark"], ["wren"]]);
});

test("no hits are no groups", () => {
  expect(shown()).toEqual([]);
});
