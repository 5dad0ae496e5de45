import { expect, test } from "vitest";
import { WordIndex } from "./word-index.ts";
import { wholeOfNumber, writtenForms } from "./written-forms.ts";

test.each([
  ["v2.0.1", ["2.0.1"]],
  ["2.0.1", ["v2.0.1"]],
  ["1,299.00", ["1299.00"]],
  ["1.299,00", ["1299,00"]],
  ["1,234,567.8", ["1234567.8"]],
  ["1299,50", ["1.299,50"]],
  ["1234567.8", ["v1234567.8", "1,234,567.8"]],
  ["get_user_name", ["getusername"]],
  ["c++", []],
  ["e-1042", []],
  ["2,0", []],
  ["1,299", []],
])("%j is written as %j too", (word, forms) => {
  expect(writtenForms(word)).toEqual(forms);
});

test.each([
  ["1,299.00", "1,299"],
  ["1.234.567,8", "1.234.567"],
  ["1,299", undefined],
  ["1.299.00", undefined],
  ["192.168.123.1", undefined],
  ["1299.00", undefined],
])("before the fraction of %j is %j", (number, whole) => {
  expect(wholeOfNumber(number)).toBe(whole);
});

test.each([
  ["2.0.1 ", "Release v2.0.1 is out", "padding 2, 0, 1, 0 and 0.0.1 and 1.0.2", ["v2.0.1"]],
  ['"2.0.1"', "Release v2.0.1 is out", "padding 2, 0, 1, 0 and 0.0.1 and 1.0.2", ["v2.0.1"]],
  ["1299 ", "It costs $1,299.00 today", "It costs $12.99 today", ["1299"]],
  ["1,299 ", "It costs $1,299.00 today", "It costs $12.99 today", ["1299"]],
  ["1299.00 ", "It costs $1,299.00 today", "It costs 12 99 00 today", ["1,299.00"]],
  ["get_user_name ", "call getUserName now", "get the user a name and the user name", ["getusername"]],
  ['"UserName"', "call getUserName now", "the name of a user", ["user", "name"]],
])("%j finds %j before %j", (query, text, other, marked) => {
  const index = new WordIndex();
  for (let i = 0; i < 5; i++) index.put(`filler${i}`, [{ text: "nothing of it" }]);
  index.put("other", [{ text: other }]);
  index.put("text", [{ text }]);
  const answer = index.ask(query);
  expect(answer.best(1, "evidence")[0]?.id).toBe("text");
  expect(answer.matchedIn("text", 0)).toEqual(expect.arrayContaining(marked));
});
