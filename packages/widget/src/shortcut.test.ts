import { expect, test } from "vitest";
import { shortcutOf } from "./shortcut.ts";

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const still = { code: "", isComposing: false, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return { key, ...still, getModifierState: () => false, ...more } as KeyboardEvent;
}

test("control and k is the shortcut", () => {
  expect(shortcutOf(press("k", { ctrlKey: true }), false)).toBe("mod");
});

test("capitals lock does not hide the shortcut", () => {
  expect(shortcutOf(press("K", { ctrlKey: true }), false)).toBe("mod");
});

test("on Apple it is command and k", () => {
  expect(shortcutOf(press("k", { metaKey: true }), true)).toBe("mod");
});

test("on Apple control and k stays a text command", () => {
  expect(shortcutOf(press("k", { ctrlKey: true }), true)).toBeUndefined();
});

test("shift, control and k belongs to the browser", () => {
  expect(shortcutOf(press("K", { ctrlKey: true, shiftKey: true }), false)).toBeUndefined();
});

test("a slash is a shortcut, also where it is typed with shift", () => {
  expect([shortcutOf(press("/"), false), shortcutOf(press("/", { shiftKey: true }), false)]).toEqual(["all", "all"]);
});

test("a slash with control is not a shortcut", () => {
  expect(shortcutOf(press("/", { ctrlKey: true }), false)).toBeUndefined();
});

test("a letter alone is not a shortcut", () => {
  expect(shortcutOf(press("k"), false)).toBeUndefined();
});

test.each([
  ["Russian", "л"],
  ["Ukrainian, with capitals lock", "Л"],
  ["Greek", "κ"],
  ["Hebrew", "ל"],
  ["Arabic", "ن"],
  ["Persian", "ن"],
  ["Thai", "า"],
  ["Georgian", "კ"],
  ["Armenian", "կ"],
  ["Korean", "ㅏ"],
  ["a layout the browser does not know", "Unidentified"],
])("on a keyboard without k the key in its place is taken: %s", (_layout, key) => {
  expect(shortcutOf(press(key, { code: "KeyK", ctrlKey: true }), false)).toBe("mod");
  expect(shortcutOf(press(key, { code: "KeyK", metaKey: true }), true)).toBe("mod");
});

test("on Dvorak k is where it is printed, and the key in its old place is not it", () => {
  expect(shortcutOf(press("k", { code: "KeyV", ctrlKey: true }), false)).toBe("mod");
  expect(shortcutOf(press("t", { code: "KeyK", ctrlKey: true }), false)).toBeUndefined();
});

test.each([
  ["Arabic", "ظ"],
  ["Thai", "ฝ"],
])("on a keyboard with a letter in the place of the slash that key is taken: %s", (_layout, key) => {
  expect(shortcutOf(press(key, { code: "Slash" }), false)).toBe("all");
});

test.each([
  ["AZERTY", "!"],
  ["German", "-"],
  ["Turkish", "."],
  ["Dvorak", "z"],
])("a Latin keyboard's own character in the place of the slash is typed, not taken: %s", (_layout, key) => {
  expect(shortcutOf(press(key, { code: "Slash" }), false)).toBeUndefined();
});

test("a character typed with AltGr is no shortcut", () => {
  const getModifierState = (name: string) => name === "AltGraph";
  expect(shortcutOf(press("/", { getModifierState }), false)).toBeUndefined();
  expect(shortcutOf(press("k", { ctrlKey: true, getModifierState }), false)).toBeUndefined();
  expect(shortcutOf(press("k", { ctrlKey: true, altKey: true }), false)).toBeUndefined();
});

test("control and command together, or k while an input method composes, are none", () => {
  const both = press("k", { ctrlKey: true, metaKey: true });
  expect([shortcutOf(both, true), shortcutOf(both, false)]).toEqual([undefined, undefined]);
  expect(shortcutOf(press("k", { ctrlKey: true, isComposing: true }), false)).toBeUndefined();
});
