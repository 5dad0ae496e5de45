import { compileFilter, type Hit, LIMITS, type SearchOptions } from "@pipit/core";
import { expect, test } from "vitest";
import { PART_CHARACTERS } from "../files/text-parts.ts";
import type { Searcher } from "./joined-engine.ts";
import { searchDocuments } from "./search-documents.ts";

const part = (path: string, number: number) => hit(`${path}#${number}`, { path, part: number });
const bird = (name: string) => hit(name, { scientificName: name });
const parts = (path: string, count: number) => Array.from({ length: count }, (_, at) => part(path, at + 1));
const documents = (count: number, name = "short") => Array.from({ length: count }, (_, at) => part(`${name}${at}`, 1));

test("one search finds documents with few parts, and no more hits are asked for than for these", async () => {
  const { engine, asked } = engineWith([...parts("a", 3), ...documents(60)]);
  const { groups, result } = await searchDocuments(engine, "owl", { documents: 13, partsEach: 4, minScore: 0.1 });
  expect(groups.length).toBeGreaterThanOrEqual(13);
  expect(asked).toEqual([{ k: 52, minScore: 0.1 }]);
  expect(result).toMatchObject({ confidence: 0.9, hits: { length: 52 } });
});

test("a document whose parts come first leaves room for all others", async () => {
  const { engine, asked } = engineWith([...parts("novel", 2_000), ...documents(30)]);
  const found = await searchDocuments(engine, "owl", { documents: 13, partsEach: 4 });
  expect(found.groups.map(({ best }) => best.id)).toEqual(["novel#1", ...documents(30).map(({ id }) => id)]);
  expect(found.groups[0]?.others).toHaveLength(51);
  expect(found.result.hits).toHaveLength(52 + 30);
  expect(asked.map(({ k }) => k)).toEqual([52, 104]);
});

test("every document is reached, however many there are with however many parts", async () => {
  const long = Array.from({ length: 20 }, (_, at) => parts(`long${at}`, 700)).flat();
  const { engine, asked } = engineWith([...long, ...documents(1_200), bird("lark")]);
  const { groups } = await searchDocuments(engine, "owl", { documents: 2_000, partsEach: 4 });
  expect(groups).toHaveLength(20 + 1_200 + 1);
  expect(asked.length).toBeLessThan(30);
});

test("the documents that were found are left out within the filter of the question", async () => {
  const owls = Array.from({ length: 600 }, (_, at) => hit(`owl${at}`, { scientificName: `owl${at}`, group: "Owls" }));
  const { engine } = engineWith([...owls, ...documents(10)]);
  const filter = { field: "group", equals: "Owls" };
  const { groups } = await searchDocuments(engine, "owl", { documents: 700, partsEach: 1, filter });
  expect(groups).toHaveLength(600);
});

test("no search asks for more hits than fit into an answer", async () => {
  const { engine, asked } = engineWith([...parts("novel", 5_000), ...parts("tale", 5_000), ...documents(10)]);
  await searchDocuments(engine, "owl", { documents: 1_000, partsEach: 4 });
  for (const { k = 0 } of asked) expect(k * (2 * PART_CHARACTERS + 600)).toBeLessThanOrEqual(LIMITS.answerCharacters);
  expect(asked).toHaveLength(3);
});

test("what was found stays if more documents than a filter may name are asked for", async () => {
  const { engine } = engineWith(documents(1_200, "p".repeat(400)));
  const { groups } = await searchDocuments(engine, "owl", { documents: 1_200, partsEach: 4 });
  expect(groups.length).toBeGreaterThan(600);
  const many = engineWith(Array.from({ length: 11_000 }, (_, at) => part(at.toString(36), 1)));
  const found = await searchDocuments(many.engine, "owl", { documents: 11_000, partsEach: 4 });
  expect(found.groups.length).toBeGreaterThan(LIMITS.filterValues);
});

test("an engine that goes on to answer with the same documents is asked no further", async () => {
  let searches = 0;
  const { engine } = engineWith(parts("novel", 500));
  const deaf: Searcher = {
    search: (query, { k } = {}) => {
      searches++;
      return engine.search(query, { k });
    },
  };
  expect((await searchDocuments(deaf, "owl", { documents: 13, partsEach: 4 })).groups).toHaveLength(1);
  expect(searches).toBe(2);
});

test("the signal ends every search", async () => {
  const controller = new AbortController();
  const { engine, asked } = engineWith([...parts("novel", 200), ...documents(1)]);
  await searchDocuments(engine, "owl", { documents: 13, partsEach: 4, signal: controller.signal });
  expect(asked.map(({ signal }) => signal)).toEqual([controller.signal, controller.signal]);
});

/** An engine that finds these hits for every query, as far as its filter allows, and refuses the filters that an engine refuses. */
function engineWith(hits: readonly Hit[]) {
  const asked: SearchOptions[] = [];
  const took = { embed: 0, search: 0, total: 0 };
  const engine: Searcher = {
    async search(_query, options = {}) {
      asked.push(options);
      const allows = options.filter ? compileFilter(options.filter) : () => true;
      const found = hits.filter(({ entry }) => allows(entry.fields ?? {})).slice(0, options.k);
      return { hits: found, confidence: asked.length === 1 ? 0.9 : 0.1, space: "s", producer: "p", took };
    },
  };
  return { engine, asked };
}

function hit(id: string, fields: Record<string, string | number>): Hit {
  const part = { modality: "text" as const, text: "", start: 0, end: 0 };
  return { id, score: 0.5, evidence: {}, entry: { id, text: "", fields }, part, matches: [] };
}
