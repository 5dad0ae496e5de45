import type { Hit, SearchResult } from "@pipit/core";
import { expect, test } from "vitest";
import { joined, type Searcher } from "./joined-engine.ts";

test("hits of all collections come in the order of their scores", async () => {
  const both = joined([answering(5, 0.9, 0.3), answering(9, 0.7)]);
  const { hits } = await both.search("anything");
  expect(hits.map(({ score }) => score)).toEqual([0.9, 0.7, 0.3]);
});

test("at most k hits are returned, ten by default", async () => {
  const both = joined([answering(5, 0.9, 0.3), answering(9, 0.7)]);
  expect((await both.search("anything", { k: 2 })).hits).toHaveLength(2);
  const scores = Array.from({ length: 11 }, (_, at) => at / 10);
  expect((await joined([answering(5, ...scores)]).search("anything")).hits).toHaveLength(10);
});

test("the total time is that of the slowest collection", async () => {
  for (const times of [
    [5, 9],
    [9, 5],
  ]) {
    const { took } = await joined(times.map((total) => answering(total, 1))).search("anything");
    expect(took.total).toBe(9);
  }
});

test("the answer is as sure as that of the surest collection, and weak if all are", async () => {
  const ask = (...answers: Searcher[]) => joined(answers).search("anything");
  expect(await ask(answering(5, 0.3), answering(9, 0.7))).toMatchObject({ confidence: 0.7, weak: undefined });
  expect(await ask(answering(5, 0.3), answering(9))).toMatchObject({ confidence: 0.3, weak: true });
});

test("the answer is partial if that of one collection is", async () => {
  const partial: Searcher = { search: async () => ({ ...(await answering(1).search("")), partial: true }) };
  expect((await joined([partial, answering(9, 0.7)]).search("anything")).partial).toBe(true);
  expect((await joined([answering(1), answering(9, 0.7)]).search("anything")).partial).toBeUndefined();
});

test("a collection that fails fails the search", async () => {
  const failing: Searcher = { search: () => Promise.reject(new Error("gone")) };
  await expect(joined([answering(1, 1), failing]).search("anything")).rejects.toThrow("gone");
});

function answering(total: number, ...scores: number[]): Searcher {
  const hits = scores.map((score): Hit => {
    const id = String(score);
    return {
      id,
      score,
      evidence: {},
      entry: { id, text: id },
      part: { modality: "text", text: id, start: 0, end: id.length },
      matches: [],
    };
  });
  const confidence = Math.max(0, ...scores);
  const weak = confidence < 0.5 ? { weak: true as const } : {};
  const result: SearchResult = {
    hits,
    confidence,
    ...weak,
    space: "s",
    producer: "p",
    took: { embed: 0, search: 0, total },
  };
  return { search: async () => result };
}
