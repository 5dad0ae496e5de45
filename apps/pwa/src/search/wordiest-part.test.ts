import { expect, test } from "vitest";
import { wordiestPart } from "./wordiest-part.ts";

test("the sentence that holds the query's words is found", () => {
  expect(wordiestPart("жаворонок поёт", ["Сова летает ночью. ", "Жаворонок поёт на рассвете. ", "Дрозд молчит."])).toBe(
    1,
  );
});

test("without words in common it is the first", () => {
  expect(wordiestPart("утка", ["Сова.", "Дрозд."])).toBe(0);
});
