import { assetPath } from "@pipit/test/fixtures/assets";
import { describe, expect, test } from "vitest";
import type { RelevanceSet } from "./relevance-set.ts";
import { relevanceSets } from "./sets.ts";

const folder = assetPath("text/cranfield");
const sets = relevanceSets(() => {});
const named = (name: string) => sets.find((set) => set.name === name)!;

test.each(sets)("$name: each document has an id of its own, and each gain is that of a document", (set) => {
  const ids = new Set(set.documents.map(({ id }) => id));
  expect(ids.size).toBe(set.documents.length);
  expect(strayGains(set, ids)).toEqual([]);
});

// They are read from the assets; without these `assetPath` prints one line, and the other sets are tested alone.
describe.skipIf(!folder)("public sets", () => {
  test("a question of XQuAD is answered by the paragraph that it was asked about, in five languages", () => {
    for (const language of ["en", "de", "es", "zh", "ar"]) {
      const { documents, queries } = named(`xquad-${language}`);
      expect([documents.length, queries.length]).toEqual([240, 1190]);
      expect(queries.filter(({ gains }) => gains.size !== 1)).toEqual([]);
    }
    const { documents, queries } = named("xquad-en");
    const asked = queries.find(({ text }) => text === "How many career sacks did Jared Allen have?")!;
    const [answer] = asked.gains.keys();
    expect(documents.find(({ id }) => id === answer)!.text).toContain("Jared Allen");
  });

  test("judgments of Cranfield belong to the questions by their position", () => {
    const { documents, queries } = named("cranfield");
    expect([documents.length, queries.length]).toEqual([1400, 225]);
    expect(queries.reduce((sum, { gains }) => sum + gains.size, 0)).toBeGreaterThan(1600);
    // It is the third question of the file, numbered 4 there.
    const slabs = queries[2]!;
    expect(slabs.text).toMatch(/^what problems of heat conduction in composite slabs/);
    const texts = documents.filter(({ id }) => slabs.gains.has(id)).map(({ text }) => text);
    expect(texts.filter((text) => /heat|slab/.test(text)).length).toBeGreaterThan(texts.length / 2);
  });

  test("questions of Banking77 are of all intents, and are answered by more than ten utterances", () => {
    const { queries } = named("banking77");
    expect(queries.length).toBe(500);
    expect(new Set(queries.map(({ gains }) => [...gains.keys()].join())).size).toBe(77);
    expect(Math.min(...queries.map(({ gains }) => gains.size))).toBeGreaterThan(10);
  });
});

function strayGains({ queries }: RelevanceSet, ids: ReadonlySet<string>): string[] {
  return queries.flatMap(({ gains }) =>
    Array.from(gains).flatMap(([id, gain]) => (ids.has(id) && gain > 0 ? [] : [id])),
  );
}
