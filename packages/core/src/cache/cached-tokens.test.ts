import { describe, expect, test, vi } from "vitest";
import { textsOf } from "../pieces.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { EmbeddedTokens, Embedder, Piece, TokenEmbedder, TokenForm } from "../ports/embedder.ts";
import { cacheEmbeddings } from "./cached-embedder.ts";
import { createMemoryBytes } from "./memory-bytes.ts";

const FORMS = ["bits", "floats"] as const;
const TOKENS = { id: "0".repeat(32), dimensions: 8 };

const pieces = (...texts: string[]): Piece[] => texts.map((text) => ({ modality: "text", text }));
const codesOf = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const axis = (code: number) => Array.from({ length: 8 }, (_, i) => Number(i === code % 8));
const vectorsOf = (texts: readonly string[]) => Float32Array.from(texts.flatMap(({ length }) => axis(length)));

/** Each letter is a token: its bits are those of its code, its floats an axis. A text's vector is an axis as well. */
function letters<Form extends TokenForm>(texts: readonly string[], form: Form): EmbeddedTokens<Form> {
  const codes = texts.flatMap(codesOf);
  const tokens = form === "bits" ? Uint8Array.from(codes) : Float32Array.from(codes.flatMap(axis));
  return { vectors: vectorsOf(texts), tokens: tokens as never, counts: texts.map(({ length }) => length) };
}

/** An embedder of letters, what it was asked, and a gate for its token vectors. */
function letterEmbedder(space = TOKENS) {
  const asked: string[] = [];
  let gate = Promise.resolve();
  const tokens: TokenEmbedder = {
    space,
    async embed(given, form, { priority = "query" } = {}) {
      const texts = textsOf(given);
      asked.push(`${priority} ${form}: ${texts}`);
      await gate;
      return letters(texts, form);
    },
    ranges: (text) => codesOf(text).map((_, start) => ({ start, end: start + 1 })),
  };
  const inner: Embedder & { readonly tokens: TokenEmbedder } = {
    space: { id: "1".repeat(32), name: "letters", dimensions: 8 },
    producer: { name: "letters", fidelity: { mean: 1, min: 1 } },
    window: { limit: 50, count: (text) => text.length },
    async embed(given) {
      asked.push(`vector: ${textsOf(given)}`);
      return vectorsOf(textsOf(given));
    },
    tokens,
    close: async () => {},
  };
  const hold = () => {
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    return held.resolve;
  };
  return { inner, asked, hold };
}

const memory = () => createMemoryBytes({ maxBytes: 100_000 });
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

function cachedLetters(options: { readonly store?: ByteStore; readonly cutOffMs?: number } = {}) {
  const made = letterEmbedder();
  const cached = cacheEmbeddings(made.inner, { store: memory(), ...options });
  return { ...made, cached, tokens: cached.tokens! };
}

describe("a cache round an embedder of tokens", () => {
  test("names the space of its tokens and the words of a text; round one without tokens it has none", () => {
    const { tokens, inner } = cachedLetters();
    expect(tokens.space).toBe(TOKENS);
    expect(tokens.ranges("ab")).toEqual(inner.tokens.ranges("ab"));
    const { tokens: _, ...plain } = inner;
    expect(cacheEmbeddings(plain, { store: memory() }).tokens).toBeUndefined();
  });

  test.each(FORMS)("computes the %s of a text once and then remembers them to the bit", async (form) => {
    const { tokens, cached, asked } = cachedLetters();
    expect(await tokens.embed(pieces("owl"), form)).toEqual(letters(["owl"], form));
    await tick();
    expect(await tokens.embed(pieces("owl"), form)).toEqual(letters(["owl"], form));
    expect(asked).toEqual([`query ${form}: owl`]);
    expect(cached.stats()).toEqual({ hits: 1, misses: 1 });
  });

  test.each(FORMS)("returns %s in the caller's order, known texts and repeated ones among others", async (form) => {
    const { tokens, asked } = cachedLetters();
    await tokens.embed(pieces("wren", ""), form);
    await tick();
    const texts = ["a", "wren", "a", "", "owl", "wren"];
    expect(await tokens.embed(pieces(...texts), form)).toEqual(letters(texts, form));
    expect(asked.at(-1)).toBe(`query ${form}: a,owl`);
  });

  test("no pieces have no tokens", async () => {
    const { tokens } = cachedLetters();
    for (const form of FORMS) expect(await tokens.embed([], form)).toEqual(letters([], form));
  });

  test("a text is computed once in each form", async () => {
    const { tokens, cached, asked } = cachedLetters();
    const ask = () =>
      Promise.all([cached.embed(pieces("a")), ...FORMS.map((form) => tokens.embed(pieces("a"), form))] as const);
    await ask();
    await tick();
    expect(await ask()).toEqual([vectorsOf(["a"]), letters(["a"], "bits"), letters(["a"], "floats")]);
    expect(asked).toEqual(["vector: a", "query bits: a", "query floats: a"]);
  });

  test("tokens of two spaces share one store and never a record", async () => {
    const store = memory();
    const [one, other] = [letterEmbedder(), letterEmbedder({ ...TOKENS, id: "2".repeat(32) })];
    for (const { inner } of [one, other]) await cacheEmbeddings(inner, { store }).tokens!.embed(pieces("a"), "bits");
    expect([one.asked, other.asked]).toEqual([["query bits: a"], ["query bits: a"]]);
  });

  test("callers at once share one computation, and may overwrite their answers", async () => {
    const { tokens, asked } = cachedLetters();
    const calls = [1, 2].map(() => tokens.embed(pieces("ab"), "bits"));
    const [one, other] = await Promise.all(calls);
    one!.tokens.fill(0);
    one!.vectors.fill(0);
    expect(other).toEqual(letters(["ab"], "bits"));
    expect(await tokens.embed(pieces("ab"), "bits")).toEqual(letters(["ab"], "bits"));
    expect(asked).toHaveLength(1);
  });

  test("a query does not wait behind a bulk call's computation", async () => {
    const { tokens, asked, hold } = cachedLetters();
    const open = hold();
    const bulk = tokens.embed(pieces("a", "b"), "bits", { priority: "bulk" });
    await tick();
    const query = tokens.embed(pieces("a"), "bits");
    await tick();
    expect(asked).toEqual(["bulk bits: a,b", "query bits: a"]);
    open();
    expect(await Promise.all([bulk, query])).toEqual([letters(["a", "b"], "bits"), letters(["a"], "bits")]);
  });

  test("a computation whose caller was cut off is done by one that waits for it", async () => {
    const { inner, tokens } = cachedLetters({ cutOffMs: 20 });
    const embed = vi.spyOn(inner.tokens, "embed").mockReturnValueOnce(new Promise(() => undefined));
    void tokens.embed(pieces("a"), "bits");
    expect(await tokens.embed(pieces("a"), "bits")).toEqual(letters(["a"], "bits"));
    expect(embed).toHaveBeenCalledTimes(2);
  });

  test("a stored text with fewer tokens is computed anew", async () => {
    const working = memory();
    const getMany: ByteStore["getMany"] = async (keys) =>
      (await working.getMany(keys)).map((found) => found?.slice(0, -1));
    const { tokens, asked } = cachedLetters({ store: { ...working, getMany } });
    await tokens.embed(pieces("ab"), "bits");
    await tick();
    expect(await tokens.embed(pieces("ab"), "bits")).toEqual(letters(["ab"], "bits"));
    expect(asked).toHaveLength(2);
  });

  test("a failure of the store is a miss, and is reported once for vectors and tokens", async () => {
    const refuse = () => Promise.reject(new Error("link cut"));
    const onStoreError = vi.fn();
    const store: ByteStore = { ...memory(), getMany: refuse, putMany: refuse };
    const { inner } = letterEmbedder();
    const cached = cacheEmbeddings(inner, { store, onStoreError });
    expect(await cached.tokens!.embed(pieces("a"), "floats")).toEqual(letters(["a"], "floats"));
    await cached.embed(pieces("a"));
    expect(onStoreError).toHaveBeenCalledTimes(1);
  });
});
