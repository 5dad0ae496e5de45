import { BAG_SPACE } from "@pipit/test/fixtures/bag-embedder";
import { describe, expect, test } from "vitest";
import { readingOfQuery, splitByReading } from "./split-by-reading.ts";

const window = { limit: 20, count: (text: string) => text.split(/\s+/).filter(Boolean).length };

function split(text: string) {
  const { passages, unread } = splitByReading(text, { window, space: BAG_SPACE });
  const textsOf = (spans: typeof passages) => spans.map(({ start, end }) => text.slice(start, end));
  return { passages: textsOf(passages), unread: textsOf(unread) };
}

const owl = "The barn owl hunts over meadows at night on silent wings.";

describe("a text split by what is read", () => {
  test("keeps words that are not read within a passage beside it", () => {
    expect(split("iPhone case 手机壳 in red")).toEqual({ passages: ["iPhone case 手机壳 in red"], unread: ["手机壳"] });
  });

  test("never joins short paragraphs of both kinds", () => {
    expect(split(`Owls\n\n草鸮\n\n${owl}`)).toEqual({ passages: ["Owls", owl], unread: ["草鸮"] });
    expect(split(`${owl}\n\n草鸮`)).toEqual({ passages: [owl], unread: ["草鸮"] });
    expect(split(`草鸮在夜里捕猎\n\nOwls\n\nBirds`)).toEqual({
      passages: ["Owls\n\nBirds"],
      unread: ["草鸮在夜里捕猎"],
    });
  });

  test("reads a line of dashes as part of the text around it", () => {
    const dashes = Array.from({ length: 9 }, () => "—").join(" ");
    expect(split(`${owl}\n\n${dashes}\n\n${owl}`)).toEqual({ passages: [owl, dashes, owl], unread: [] });
    expect(split(`Owls\n\n———\n\n${owl}`)).toEqual({ passages: [`Owls\n\n———\n\n${owl}`], unread: [] });
    expect(split(dashes)).toEqual({ passages: [], unread: [dashes] });
  });

  test("names a word once, also where it lies in two passages that overlap", () => {
    const text = `${owl} He saw Иван there. ${owl}`;
    const { passages, unread } = split(text);
    expect(passages.filter((passage) => passage.includes("Иван")).length).toBe(2);
    expect(unread).toEqual(["Иван"]);
  });

  test("takes all words of a passage that has very many parts", () => {
    const text = Array.from({ length: 65 }, () => "a 鸟").join(" ");
    const { unread } = splitByReading(text, { window: { ...window, limit: 200 }, space: BAG_SPACE });
    expect(unread).toEqual([{ start: 0, end: text.length }]);
  });
});

test.each([
  ["barn owl", { isRead: true, unread: undefined }],
  ["owls 草鸮 (红)", { isRead: true, unread: { words: "草鸮 红", share: 4 / 7 } }],
  ["owl 草鸮在夜里捕猎", { isRead: false, unread: undefined }],
  ["skylark 종달새".normalize("NFD"), { isRead: true, unread: { words: "종달새".normalize("NFD"), share: 0.7 } }],
  ["草鸮", { isRead: false, unread: undefined }],
  [" \u200b", { isRead: false, unread: undefined }],
])("of the query %j the model reads its share", (text, reading) => {
  expect(readingOfQuery(text, BAG_SPACE)).toEqual(reading);
});
