import { readFileSync } from "node:fs";
import {
  createEngine,
  createMemoryStore,
  exactIndex,
  MINILM_SPACE,
  openCollection,
  type SearchEngine,
} from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guideEntries } from "../fixtures/guide-entries.ts";

const REWRITES = 10;
/** Shorter words have little left without two letters. */
const LEAST_LETTERS = 5;
/** Birds that come after others whose names have the word too, but not at the end. */
const MOST_BEHIND_OTHERS = 3;

export const shippedEmbedder = () =>
  createStarterEmbedder(readFileSync(new URL("../../packages/starter/starter.pipit", import.meta.url)), MINILM_SPACE);

/**
 * Tests the shipped configuration with the shipped content against exact search. The name of each bird of the field guide is a query. The
 * best hit must be the same as that of a loop over all vectors, also after all entries were rewritten ten times.
 */
export function guideByNameContract(name: string, make: () => Promise<SearchEngine>): void {
  describe(`the field guide, asked by its names, ${name}`, () => {
    let engine: SearchEngine;
    let truth: ReadonlyMap<string, string>;

    beforeAll(async () => {
      truth = await bestHits();
      engine = await make();
      await engine.add(guideEntries);
    });
    afterAll(() => engine?.close());

    test("answers each name and each scientific name with its bird", async () => {
      for (const field of ["name", "scientificName"]) {
        const named = guideEntries.map(({ id, fields }) => [String(fields?.[field]), id] as const);
        expect(await missed(engine, new Map(named))).toEqual([]);
      }
    });

    test("answers the last word of a name with all birds that have it in theirs", async () => {
      const kinds = Map.groupBy(guideEntries, ({ fields }) => String(fields?.name).split(/[ -]/).at(-1)!);
      let found = 0;
      for (const [kind, birds] of kinds) {
        const { hits } = await engine.search(kind, { k: birds.length });
        found += hits.filter(({ id }) => birds.some((bird) => bird.id === id)).length;
      }
      expect(found).toBeGreaterThanOrEqual(guideEntries.length - MOST_BEHIND_OTHERS);
    });

    test("answers words of names that lack two letters with birds that have them, as a good match", async () => {
      const namesOf = ({ fields }: (typeof guideEntries)[number]) =>
        String(fields?.name)
          .toLowerCase()
          .split(/[^a-z]+/);
      const words = new Set(guideEntries.flatMap(namesOf).filter((word) => word.length > LEAST_LETTERS));
      let [found, weak] = [0, 0];
      for (const word of words) {
        const typed = word.slice(0, -2);
        const answer = await engine.search(typed, { k: 1 });
        const bird = guideEntries.find(({ id }) => id === answer.hits[0]?.id);
        if (bird && namesOf(bird).some((name) => name.startsWith(typed))) found++;
        if (answer.weak) weak++;
      }
      expect(found / words.size).toBeGreaterThan(0.85);
      expect(weak / words.size).toBeLessThan(0.1);
    });

    test("answers the last two words of names without the space between them with their birds, as a good match", async () => {
      const nameOf = ({ fields }: (typeof guideEntries)[number]) =>
        String(fields?.name).toLowerCase().split(/[ -]/).slice(-2).join("");
      const joined = new Set(guideEntries.filter(({ fields }) => /[ -]/.test(String(fields?.name))).map(nameOf));
      let [found, weak] = [0, 0];
      for (const query of joined) {
        const answer = await engine.search(query, { k: 1 });
        if (guideEntries.some((bird) => bird.id === answer.hits[0]?.id && nameOf(bird) === query)) found++;
        if (answer.weak) weak++;
      }
      expect(found / joined.size).toBeGreaterThan(0.95);
      expect(weak / joined.size).toBeLessThan(0.05);
    });

    test("answers each name with what exact search answers", async () => {
      expect(await missed(engine, truth)).toEqual([]);
      expect((await engine.stats()).recall).toBe(1);
    });

    test("still does when all entries were written ten times over", async () => {
      for (let time = 0; time < REWRITES; time++) await engine.add(guideEntries);
      expect((await engine.stats()).entries).toBe(guideEntries.length);
      expect(await missed(engine, truth)).toEqual([]);
    });
  });
}

async function missed(engine: SearchEngine, truth: ReadonlyMap<string, string>): Promise<string[]> {
  const wrong: string[] = [];
  for (const [asked, id] of truth) {
    const { hits } = await engine.search(asked, { k: 10 });
    if (hits[0]?.id !== id) wrong.push(`${asked}: ${hits[0]?.id}, not ${id}`);
  }
  return wrong;
}

/** The best hit of each name, by a plain loop over all vectors. */
async function bestHits(): Promise<ReadonlyMap<string, string>> {
  const embedder = shippedEmbedder();
  const collection = await openCollection({ store: createMemoryStore(MINILM_SPACE), index: exactIndex });
  const engine = createEngine({ collection, embedder, backend: "js", why: "it is the truth" });
  await engine.add(guideEntries);
  const best = new Map<string, string>();
  for (const { fields } of guideEntries) {
    const name = String(fields?.name);
    best.set(name, (await engine.search(name, { k: 1 })).hits[0]!.id);
  }
  await engine.close();
  return best;
}
