import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { expect, test } from "vitest";
import { openCollection } from "../collection/local-collection.ts";
import { createMemoryStore } from "../collection/memory-store.ts";
import { exactIndex } from "../index/exact-index.ts";
import { textsOf } from "../pieces.ts";
import type { Embedder, TokenForm, TokenForms } from "../ports/embedder.ts";
import type { TokenScorer } from "../ports/token-scorer.ts";
import { lateInteraction } from "../tokens/late-interaction.ts";
import { signBits } from "../tokens/token-vectors.ts";
import { createEngine } from "./engine.ts";

/** Words of one meaning have one token vector. */
const MEANINGS = ["owl", "hoots", "sings warbles", "pond lake", "flies wings"].map((words) => words.split(" "));
const WORD = /[a-z]+/g;
const SIZE = 16;

function vectorOf(word: string): number[] {
  const meaning = MEANINGS.findIndex((words) => words.includes(word));
  const seed = meaning < 0 ? word.charCodeAt(0) + 31 * word.length : 1000 * (meaning + 1);
  return Array.from({ length: SIZE }, (_, i) => (Math.sin(seed * (i + 1)) > 0 ? 1 : -1) / Math.sqrt(SIZE));
}

/** Like a model whose window is a line: each word is a token. */
function tokenEmbedder(): Embedder {
  const bag = createBagEmbedder();
  const wordsOf = (text: string) => [...text.matchAll(WORD)];
  return {
    ...bag,
    tokens: {
      space: { id: "5".repeat(32), dimensions: SIZE },
      async embed<Form extends TokenForm>(pieces: Parameters<Embedder["embed"]>[0], form: Form) {
        const words = textsOf(pieces).map(wordsOf);
        const floats = Float32Array.from(words.flat().flatMap(([word]) => vectorOf(word)));
        const tokens = form === "bits" ? signBits(floats) : floats;
        const counts = words.map(({ length }) => length);
        return { vectors: await bag.embed(pieces), tokens: tokens as TokenForms[Form], counts };
      },
      ranges: (text) => wordsOf(text).map(({ index, 0: word }) => ({ start: index, end: index + word.length })),
    },
  };
}

async function engineWith(embedder: Embedder) {
  const scorer: TokenScorer = {
    score: (query, documents) => Float32Array.from(documents, (document) => lateInteraction(query, document)),
  };
  const store = createMemoryStore(BAG_SPACE);
  const collection = await openCollection({ store, index: exactIndex, scorer });
  const engine = createEngine({ collection, embedder, backend: "js", why: "test" });
  await engine.add([
    { id: "duck", text: "rests on a lake" },
    { id: "lark", text: "It soars high.\fIt warbles, above fields" },
    { id: "wren", text: "sings in hedges" },
  ]);
  return engine;
}

test("a passage is found by a word of the same meaning, and that word is marked", async () => {
  const engine = await engineWith(tokenEmbedder());
  const { hits } = await engine.search("pond", { k: 1 });
  const { id, evidence, matches, entry } = hits[0]!;
  expect(id).toBe("duck");
  expect(evidence.tokens).toBeCloseTo(1, 5);
  expect(matches.map(({ start, end }) => entry.text.slice(start, end))).toEqual(["lake"]);
});

test("marks are at their place in a text that is embedded with other line ends", async () => {
  const engine = await engineWith(tokenEmbedder());
  const [hit] = (await engine.search("sings", { k: 3 })).hits.filter(({ id }) => id === "lark");
  expect(hit!.matches.map(({ start, end }) => hit!.entry.text.slice(start, end))).toContain("warbles");
});

test("the reasons tell what tokens add", async () => {
  const engine = await engineWith(tokenEmbedder());
  const { hits } = await engine.search("pond", { k: 3, explain: true });
  const beyond = (id: string) => {
    const hit = hits.find((each) => each.id === id);
    return hit?.reasons?.find(({ evidence }) => evidence === "tokens")?.value ?? 0;
  };
  expect(beyond("duck")).toBeGreaterThan(0.5);
  expect(beyond("duck")).toBeGreaterThan(beyond("wren"));
});

test("a query is ranked by meaning with its tokens, and by words without them", async () => {
  const engine = await engineWith(tokenEmbedder());
  const byMeaning = await engine.search("pond", { k: 1, ranking: "meaning" });
  expect(byMeaning.hits[0]).toMatchObject({ id: "duck", evidence: { tokens: expect.closeTo(1, 5) } });
  expect((await engine.search("pond", { ranking: "words" })).hits).toEqual([]);
  expect((await engine.search("lake", { ranking: "words" })).hits[0]?.evidence.tokens).toBeUndefined();
});

test("entries of an embedder without tokens get some when they are embedded again", async () => {
  const rough = createBagEmbedder({ name: "rough", fidelity: { mean: 0.8, min: 0.5 } });
  const engine = await engineWith(rough);
  engine.adopt({ embedder: tokenEmbedder(), backend: "js", why: "arrived" });
  expect((await engine.search("pond", { ranking: "meaning" })).hits[0]?.evidence.tokens).toBeUndefined();
  await engine.refine();
  expect((await engine.search("pond", { ranking: "meaning" })).hits[0]).toMatchObject({ id: "duck" });
});
