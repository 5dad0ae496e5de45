import { describe, expect, test } from "vitest";
import { WordIndex } from "./word-index.ts";

describe("a large index", () => {
  test("answers as if it read all words of a query, although it leaves frequent ones out for most units", () => {
    const index = new WordIndex();
    for (let i = 0; i < 6_000; i++) {
      const rare = i % 50 === 0 ? `heron${i % 7 === 0 ? " heron river" : ""}` : "";
      const fields = [{ text: i % 11 ? "a tern" : "wren or river", weight: 3 }];
      index.put(`e${i}`, [{ text: `gull tern ${i % 3 ? "wren" : ""} ${rare} ${"dunlin ".repeat(i % 5)}`, fields }]);
    }
    const answer = index.ask("heron river gull tern wren dunlin ");
    const all = answer.best(6_000);
    expect(answer.best(10)).toEqual(all.slice(0, 10));
    expect(all).toHaveLength(6_000);
    const idsByEvidence = (k: number) => answer.best(k, "evidence").map(({ id }) => id);
    expect(idsByEvidence(10)).toEqual(idsByEvidence(6_000).slice(0, 10));
  });

  test("finds a unit that only its frequent words put among the best", () => {
    const index = new WordIndex();
    for (let i = 0; i < 6_000; i++) {
      index.put(`e${i}`, [{ text: i < 20 ? "heron knot knot knot" : `${i % 5 ? "gull tern wren" : "knot"} dunlin` }]);
    }
    index.put("late", [{ text: "heron gull tern wren dunlin" }]);
    expect(index.ask("heron ").best(20)).not.toContainEqual(expect.objectContaining({ id: "late" }));
    expect(index.ask("heron gull tern wren dunlin ").best(1)[0]?.id).toBe("late");
  });
});
