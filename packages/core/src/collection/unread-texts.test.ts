import { expect, test } from "vitest";
import { BAG_SPACE } from "../../../../test/fixtures/bag-embedder.ts";
import { createMemoryStore } from "./memory-store.ts";
import { UnreadTexts } from "./unread-texts.ts";

const query = { k: 9, allows: () => true };

/** An entry whose passages and unread parts are given by their texts. */
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

function searchIn(entry: ReturnType<typeof entryOf>) {
  const texts = new UnreadTexts();
  texts.put(entry);
  return async (text: string) => (await texts.search(createMemoryStore(BAG_SPACE), text, query))[0];
}

test("unread words of one passage are compared together and found with the passage", async () => {
  const text = "The 手机壳 and the 充电器";
  const search = searchIn(entryOf(text, [text], ["手机壳", "充电器"]));
  expect(await search("手机壳 充电器")).toMatchObject({ score: 1, passage: { start: 0, end: text.length, text } });
  expect((await search("手机壳"))?.score).toBeLessThan(0.9);
});

test("a word in two passages that overlap is found with the one that has more of the query", async () => {
  const passages = ["one 手机壳 two", "two 充电器 three 红色"];
  const text = "one 手机壳 two 充电器 three 红色";
  const search = searchIn(entryOf(text, passages, ["手机壳", "充电器", "红色"]));
  expect(await search("充电器 红色")).toMatchObject({ score: 1, passage: { text: passages[1] } });
  expect(await search("手机壳")).toMatchObject({ score: 1, passage: { text: passages[0] } });
});

test("an unread passage stands alone beside those that are read", async () => {
  const search = searchIn(entryOf("Owls 草鸮在夜里捕猎", ["Owls"], ["草鸮在夜里捕猎"]));
  expect(await search("草鸮在夜里捕猎")).toMatchObject({ score: 1, passage: { text: "草鸮在夜里捕猎" } });
});
