import { expect, test } from "vitest";
import { changesBetween, parseEntries } from "./entry-list.ts";

const robin = { id: "robin", text: "A red breast." };
const owl = { id: "owl", text: "Hunts at dusk." };

test("a list of entries is read", () => {
  expect(parseEntries(JSON.stringify([robin]), "/e.json")).toEqual([robin]);
});

test("text that is not JSON is refused by name", () => {
  expect(() => parseEntries("<html>", "/e.json")).toThrow("text that is not JSON at /e.json");
});

test("JSON that is no list is refused", () => {
  expect(() => parseEntries("{}", "/e.json")).toThrow("JSON that is no list");
});

test.each([[{ id: 1, text: "t" }], [{ id: "a" }], [null], ["text"]])("%j is refused with its place", (stranger) => {
  expect(() => parseEntries(JSON.stringify([robin, stranger]), "/e.json")).toThrow("item 1 of /e.json");
});

test("entries that stayed the same are not stored again", () => {
  expect(changesBetween([robin, owl], [owl, robin])).toEqual({ added: [], removed: [] });
});

test("an entry of another text is stored again", () => {
  const red = { ...robin, text: "A redder breast." };
  expect(changesBetween([robin], [red])).toEqual({ added: [red], removed: [] });
});

test("an entry of other fields is stored again", () => {
  const titled = { ...robin, fields: { title: "Robin" } };
  expect(changesBetween([robin], [titled]).added).toEqual([titled]);
});

test("an entry that is gone is removed", () => {
  expect(changesBetween([robin, owl], [owl])).toEqual({ added: [], removed: ["robin"] });
});
