import { expect, test } from "vitest";
import { shortcutOf } from "./shortcut.ts";

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const still = { isComposing: false, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return { key, ...still, ...more } as KeyboardEvent;
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

test("a slash with control is none", () => {
  expect(shortcutOf(press("/", { ctrlKey: true }), false)).toBeUndefined();
});

test("a letter alone is none", () => {
  expect(shortcutOf(press("k"), false)).toBeUndefined();
});
