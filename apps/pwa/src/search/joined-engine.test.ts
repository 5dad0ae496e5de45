import type { Hit, SearchResult } from "@pipit/core";
import { expect, test } from "vitest";
import { joined, type Searcher } from "./joined-engine.ts";

test("hits of all collections come in the order of their scores", async () => {
  const both = joined([answering(5, 0.9, 0.3), answering(9, 0.7)]);
  const { hits } = await both.search("anything");
  expect(hits.map(({ score }) => score)).toEqual([0.9, 0.7, 0.3]);
});

test("no more hits come than were asked for", async () => {
  const both = joined([answering(5, 0.9, 0.3), answering(9, 0.7)]);
  expect((await both.search("anything", { k: 2 })).hits).toHaveLength(2);
});

test("the slowest collection tells how long it took", async () => {
  expect((await joined([answering(5, 1), answering(9, 1)]).search("anything")).took.total).toBe(9);
});

test("a collection that fails fails the search", async () => {
  const failing: Searcher = { search: () => Promise.reject(new Error("gone")) };
  await expect(joined([answering(1, 1), failing]).search("anything")).rejects.toThrow("gone");
});

function answering(total: number, ...scores: number[]): Searcher {
  const hits = scores.map((score): Hit => {
    const id = String(score);
    return { id, score, entry: { id, text: id }, passage: { text: id, start: 0, end: id.length } };
  });
  const result: SearchResult = { hits, space: "s", producer: "p", took: { embed: 0, search: 0, total } };
  return { search: async () => result };
}
