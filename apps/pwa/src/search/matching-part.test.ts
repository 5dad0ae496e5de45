import { createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { beforeEach, expect, test } from "vitest";
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
  await matching.nearest("two", [["another"]], signal);
  await matching.nearest("two", [["a sentence"]], signal);
  expect(asked).toEqual(["one", "a sentence", "two", "another"]);
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

test("the embedder is not called if all vectors are cached, and a query that it does not read is nearest to nothing", async () => {
  let calls = 0;
  const matching = new MatchingPart(async (texts) => {
    calls++;
    return new Float32Array(texts.length).fill(1);
  });
  await matching.nearest("one", [["a sentence"]], signal);
  await matching.nearest("one", [["a sentence"]], signal);
  expect(calls).toBe(1);
  expect(await matching.nearest("Сова", [["Сова.", "a sentence"]], signal)).toEqual([0]);
});

test("of more than 2,000 sentences the oldest are embedded anew", async () => {
  await matching.nearest("one", [["the oldest"]], signal);
  await matching.nearest("two", [Array.from({ length: 1_999 }, (_, at) => `sentence ${at}`)], signal);
  asked = [];
  await matching.nearest("two", [["the oldest"]], signal);
  expect(asked).toEqual(["the oldest"]);
});

test("sentences of the present question are not dropped for new ones, however old they are", async () => {
  const [seeds, night] = ["It eats seeds. ", "It sings at night."];
  await matching.nearest("one", [[seeds, night]], signal);
  await matching.nearest("two", [Array.from({ length: 1_996 }, (_, at) => `sentence ${at}`)], signal);
  const fresh = ["It nests. ", "It winters in Africa. ", "It dives."];
  expect(await matching.nearest("sings at night", [[seeds, night], fresh], signal)).toEqual([1, 0]);
});

test("a text of more than 2,000 sentences is embedded all the same", async () => {
  const many = Array.from({ length: 2_100 }, (_, at) => `sentence ${at}`);
  expect(await matching.nearest("sentence 7", [many], signal)).toHaveLength(1);
});
