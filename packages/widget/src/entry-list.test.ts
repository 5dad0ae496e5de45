import { expect, test } from "vitest";
import { changesTo, firstEntries, parseEntries } from "./entry-list.ts";

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

test.each([[{ id: 1, text: "t" }], [{ id: "a" }], [{ id: "a", text: 1 }], [null], ["text"]])(
  "%j is refused with its place",
  (stranger) => {
    expect(() => parseEntries(JSON.stringify([robin, stranger]), "/e.json")).toThrow("item 1 of /e.json");
  },
);

test.each([
  ["a text that is too long", { id: "a", text: "x".repeat(100_001) }],
  ["an id that is too long", { id: "x".repeat(513), text: "t" }],
  ["a field that is null", { id: "a", text: "t", fields: { url: null } }],
])("%s is refused with its place", (_, entry) => {
  expect(() => parseEntries(JSON.stringify([robin, entry]), "/e.json")).toThrow("item 1 of /e.json: ");
});

test("of an id given twice the last entry is read", () => {
  const again = { ...robin, text: "A redder breast." };
  expect(parseEntries(JSON.stringify([robin, owl, again]), "/e.json")).toEqual([again, owl]);
});

test("the first entries of a list are read at any place to which it has arrived, and none before they are whole", () => {
  const odd = { id: 'a"b\\', text: 'a "]" and a "}" \\', fields: { tags: ["{", "}]"], size: 1 } };
  const text = ` [ ${JSON.stringify(odd)} , ${JSON.stringify(robin)},${JSON.stringify(owl)}]`;
  const whole = text.indexOf(JSON.stringify(robin)) + JSON.stringify(robin).length;
  for (let end = 0; end <= text.length; end++) {
    expect(firstEntries(text.slice(0, end), "/e.json", 2)).toEqual(end < whole ? undefined : [odd, robin]);
  }
});

test.each(["<html>{}{}", '{"a":{},"b":{}}', '[{"id":1},{}', "[[{}],{},{}"])(
  "%s is no beginning of a list of entries",
  (text) => {
    expect(() => firstEntries(text, "/e.json", 2) ?? parseEntries(text, "/e.json")).toThrow("/e.json");
  },
);

const held = (...entries: (typeof robin)[]) => ({ ids: entries.map(({ id }) => id), as: entries });

test("entries that stayed the same are not stored again", () => {
  expect(changesTo([owl, robin], held(robin, owl))).toEqual({ added: [], removed: [] });
});

test("an entry of another text is stored again", () => {
  const red = { ...robin, text: "A redder breast." };
  expect(changesTo([red], held(robin))).toEqual({ added: [red], removed: [] });
});

test("an entry of other fields is stored again", () => {
  const titled = { ...robin, fields: { title: "Robin" } };
  expect(changesTo([titled], held(robin)).added).toEqual([titled]);
});

test("an entry that is gone is removed", () => {
  expect(changesTo([owl], held(robin, owl))).toEqual({ added: [], removed: ["robin"] });
});

test("an entry whose text was emptied is removed, and not tried again at each visit", () => {
  const emptied = { ...robin, text: " \n" };
  expect(changesTo([emptied], held(robin))).toEqual({ added: [], removed: ["robin"] });
  expect(changesTo([emptied], { ids: [], as: [emptied] })).toEqual({ added: [], removed: [] });
});

test("an entry that the database lost is stored again", () => {
  expect(changesTo([robin, owl], { ids: ["owl"], as: [robin, owl] }).added).toEqual([robin]);
});

test("an unknown entry is removed, also when the earlier file is lost", () => {
  expect(changesTo([owl], { ids: ["robin", "owl"], as: [] })).toEqual({ added: [owl], removed: ["robin"] });
});
