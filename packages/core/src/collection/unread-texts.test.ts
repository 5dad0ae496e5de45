import { BAG_SPACE } from "@pipit/test/fixtures/bag-embedder";
import { expect, test } from "vitest";
import { createMemoryStore } from "./memory-store.ts";
import { UnreadTexts } from "./unread-texts.ts";

const query = { k: 9, allows: () => true };

/** An entry whose passages and unread parts are given as texts. */
function entryOf(text: string, passages: readonly string[], unread: readonly string[]) {
  const spanOf = (part: string) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });
  return {
    id: text,
    text,
    fields: {},
    passages: passages.map((part, row) => ({ row, ...spanOf(part) })),
    vectors: new Float32Array(),
    unread: unread.map(spanOf),
    producer: "none",
    provisional: false,
  };
}

function textsOf(entry: ReturnType<typeof entryOf>) {
  const texts = new UnreadTexts();
  texts.put(entry);
  const best = async (text: string) => (await texts.search(createMemoryStore(BAG_SPACE), text, query))[0];
  return { best, wordHits: async (text: string) => (await texts.wordHits(text, [entry.id])).get(entry.id) };
}

test("unread words of one passage are compared together and found with the passage", async () => {
  const text = "The 手机壳 and the 充电器";
  const { best, wordHits } = textsOf(entryOf(text, [text], ["手机壳", "充电器"]));
  const passage = { row: 0, start: 0, end: text.length };
  expect(await wordHits("手机壳 充电器")).toEqual([{ score: 1, passage }]);
  expect((await wordHits("手机壳"))![0]!.score).toBeLessThan(0.9);
  expect(await best("手机壳 充电器")).toMatchObject({ passage });
  expect((await best("手机壳 充电器"))!.score).toBeLessThan(0.9);
});

test("a word in two passages that overlap is found with the one that has more of the query", async () => {
  const passages = ["one 手机壳 two", "two 充电器 three 红色"];
  const text = "one 手机壳 two 充电器 three 红色";
  const { best, wordHits } = textsOf(entryOf(text, passages, ["手机壳", "充电器", "红色"]));
  expect(await wordHits("充电器 红色")).toMatchObject([{ score: 1, passage: { row: 1 } }]);
  expect(await best("手机壳")).toMatchObject({ passage: { row: 0 } });
});

test("an unread passage stands alone beside those that are read, and the whole text is equal to itself", async () => {
  const text = "Owls 草鸮在夜里捕猎";
  const { best } = textsOf(entryOf(text, ["Owls"], ["草鸮在夜里捕猎"]));
  const found = { score: 1, passage: { text: "草鸮在夜里捕猎" } };
  expect(await best("草鸮在夜里捕猎")).toMatchObject(found);
  expect(await best(text)).toMatchObject(found);
});
