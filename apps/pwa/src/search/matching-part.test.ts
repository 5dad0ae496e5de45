import { beforeEach, expect, test } from "vitest";
import { createBagEmbedder } from "../../../../test/fixtures/bag-embedder.ts";
import { MatchingPart, sentencesOf } from "./matching-part.ts";

const { signal } = new AbortController();
let asked: string[];
let matching: MatchingPart;

beforeEach(() => {
  asked = [];
  const embedder = createBagEmbedder();
  matching = new MatchingPart((texts) => {
    asked.push(...texts);
    return embedder.embed(texts.map((text) => ({ modality: "text", text })));
  });
});

test("the sentence nearest to the query is found in each list", async () => {
  const lists = [
    ["It eats seeds. ", "It sings at night."],
    ["It sings at dawn. ", "It winters in Africa."],
  ];
  expect(await matching.nearest("sings at night", lists, signal)).toEqual([1, 0]);
});

test("a sentence is embedded once", async () => {
  await matching.nearest("one", [["a sentence"]], signal);
  await matching.nearest("two", [["a sentence"]], signal);
  expect(asked).toEqual(["one", "a sentence", "two"]);
});

test("a sentence in a script that the model does not read is not embedded", async () => {
  expect(await matching.nearest("sings", [["Жаворонок поёт. ", "It sings. "], ["Сова."]], signal)).toEqual([1, 0]);
  expect(asked).toEqual(["sings", "It sings. "]);
});

test("after a change of model everything is embedded anew", async () => {
  await matching.nearest("one", [["a sentence"]], signal);
  matching.forget();
  await matching.nearest("one", [["a sentence"]], signal);
  expect(asked).toHaveLength(4);
});

test("the sentences of a text are the text", () => {
  const text = "First one. Second, with 3.5 g!\nThird";
  expect(sentencesOf(text).join("")).toBe(text);
  expect(sentencesOf(text)).toHaveLength(3);
});
