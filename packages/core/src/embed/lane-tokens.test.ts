import { describe, expect, test } from "vitest";
import { contentOf, textsOf } from "../pieces.ts";
import type { Piece } from "../ports/embedder.ts";
import type { BatchModel } from "./batch-model.ts";
import { createLane } from "./lane.ts";

const TOKENS = { id: "0".repeat(32), dimensions: 8 };
const space = { id: "1".repeat(32), name: "letters", dimensions: 2 };
const pieces = (...texts: string[]): Piece[] => texts.map((text) => ({ modality: "text", text }));

/** Each letter is a token: its id is its code, its bits are those of the id, its float vector is an axis. */
function letterModel(changes: Partial<BatchModel> = {}) {
  const batches: string[] = [];
  const idsOf = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
  const vectorsOf = (texts: readonly string[]) => Float32Array.from(texts.flatMap(() => [1, 0]));
  const axis = (id: number) => Array.from({ length: 8 }, (_, i) => Number(i === id % 8));
  const model: BatchModel = {
    space,
    producer: { name: "letters", fidelity: { mean: 1, min: 1 } },
    modality: "text",
    window: { limit: 50, count: (text) => text.length },
    batchShape: { maxTokens: 100, maxRows: 4 },
    cost: (piece) => contentOf(piece).length,
    async run(given) {
      const texts = textsOf(given);
      batches.push(`vector: ${texts}`);
      return vectorsOf(texts);
    },
    tokens: {
      space: TOKENS,
      async run(given, form) {
        const texts = textsOf(given);
        batches.push(`${form}: ${texts}`);
        const ids = texts.map(idsOf);
        const all = ids.flat();
        const tokens = form === "bits" ? Uint8Array.from(all) : Float32Array.from(all.flatMap(axis));
        return { vectors: vectorsOf(texts), tokens: tokens as never, counts: ids.map(({ length }) => length) };
      },
      ranges: (text) => Array.from(text, (_, start) => ({ start, end: start + 1 })),
    },
    close: async () => {},
    ...changes,
  };
  return { model, batches };
}

/** A model whose tokens are changed before they leave it. */
function spoiled(spoil: (tokens: Uint8Array | Float32Array) => Uint8Array | Float32Array) {
  const { model } = letterModel();
  const run: NonNullable<BatchModel["tokens"]>["run"] = async (given, form, signal) => {
    const computed = await model.tokens!.run(given, form, signal);
    return { ...computed, tokens: spoil(computed.tokens) as never };
  };
  return createLane({ ...model, tokens: { ...model.tokens!, run } });
}

test("tokens and their numbers come in the caller's order although batches are sorted by length", async () => {
  const { model, batches } = letterModel();
  const answer = await createLane(model).tokens!.embed(pieces("wren", "a", "", "owl"), "bits");
  expect(batches).toEqual(["bits: ,a,owl,wren"]);
  expect(answer.counts).toEqual([4, 1, 0, 3]);
  expect(String.fromCharCode(...answer.tokens)).toBe("wrenaowl");
  expect(answer.vectors).toEqual(Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0));
});

test("a batch asks one form, and a text is computed once in each", async () => {
  const { model, batches } = letterModel();
  const lane = createLane(model);
  const [bits, floats, vectors, again] = await Promise.all([
    lane.tokens!.embed(pieces("ab", "c"), "bits"),
    lane.tokens!.embed(pieces("ab"), "floats"),
    lane.embed(pieces("ab")),
    lane.tokens!.embed(pieces("c", "c"), "bits"),
  ]);
  expect(batches.sort()).toEqual(["bits: c,ab", "floats: ab", "vector: ab"]);
  expect(bits.tokens).toEqual(Uint8Array.of(97, 98, 99));
  expect(floats.tokens).toHaveLength(16);
  expect(vectors).toEqual(Float32Array.of(1, 0));
  expect(again.tokens).toEqual(Uint8Array.of(99, 99));
});

test("a query for tokens runs before bulk work of another form", async () => {
  const { model, batches } = letterModel({ batchShape: { maxTokens: 4, maxRows: 1 } });
  const lane = createLane(model);
  const bulk = lane.tokens!.embed(pieces("a", "b", "c"), "bits", { priority: "bulk" });
  const query = lane.tokens!.embed(pieces("q"), "floats");
  await Promise.all([bulk, query]);
  expect(batches[0]).toBe("floats: q");
});

test("two callers of one text may overwrite their answers", async () => {
  const lane = createLane(letterModel().model);
  const [one, other] = await Promise.all([
    lane.tokens!.embed(pieces("ab"), "bits"),
    lane.tokens!.embed(pieces("ab"), "bits"),
  ]);
  one.tokens.fill(0);
  expect(other.tokens).toEqual(Uint8Array.of(97, 98));
});

test("no pieces have no tokens", async () => {
  const lane = createLane(letterModel().model);
  expect(await lane.tokens!.embed([], "floats")).toEqual({
    vectors: new Float32Array(),
    tokens: new Float32Array(),
    counts: [],
  });
});

test("the lane names the space of its tokens; a model without tokens makes a lane without", () => {
  expect(createLane(letterModel().model).tokens!.space).toBe(TOKENS);
  expect(createLane(letterModel({ tokens: undefined }).model).tokens).toBeUndefined();
});

describe("a model's output is refused as numbers-not-proven with", () => {
  const code = (call: Promise<unknown>) =>
    call.then(
      () => "answered",
      (error) => error.code,
    );

  test("bytes of more or fewer tokens than were counted", async () => {
    expect(await code(spoiled((tokens) => tokens.slice(1)).tokens!.embed(pieces("ab"), "bits"))).toBe(
      "numbers-not-proven",
    );
    expect(await code(spoiled((tokens) => tokens).tokens!.embed(pieces("ab"), "bits"))).toBe("answered");
  });

  test("floats that are not of unit length", async () => {
    expect(await code(spoiled((tokens) => tokens.map(() => 1)).tokens!.embed(pieces("ab"), "floats"))).toBe(
      "numbers-not-proven",
    );
  });
});
