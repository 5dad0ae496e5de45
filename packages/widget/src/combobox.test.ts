import { expect, test } from "vitest";
import { type Combobox, outcomeOf, type Press } from "./combobox.ts";

const three: Combobox = { query: "bird", count: 3, active: -1, answer: "shown" };
const none: Combobox = { ...three, count: 0 };

function press(key: string, more: Partial<Press> = {}): Press {
  const still = { keyCode: 0, isComposing: false, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return { key, ...still, ...more };
}

const pressed = (box: Partial<Combobox>, key: string, more?: Partial<Press>) =>
  outcomeOf({ ...three, ...box }, press(key, more));

test("down from the field goes to the first hit", () => {
  expect(pressed({}, "ArrowDown")).toEqual({ act: "move", active: 0 });
});

test("up from the field goes to the last hit", () => {
  expect(pressed({}, "ArrowUp")).toEqual({ act: "move", active: 2 });
});

test("up from a later hit goes to the one before", () => {
  expect(pressed({ active: 2 }, "ArrowUp")).toEqual({ act: "move", active: 1 });
});

test("down from the last hit wraps to the first", () => {
  expect(pressed({ active: 2 }, "ArrowDown")).toEqual({ act: "move", active: 0 });
});

test("up from the first hit wraps to the last", () => {
  expect(pressed({ active: 0 }, "ArrowUp")).toEqual({ act: "move", active: 2 });
});

test("arrows are left to the browser while there are no hits", () => {
  expect(outcomeOf(none, press("ArrowDown"))).toEqual({ act: "none" });
});

test.each(["Home", "End", "ArrowLeft", "ArrowRight"])("%s moves the caret and leaves the hit", (key) => {
  expect(pressed({ active: 1 }, key)).toEqual({ act: "edit" });
});

test("shift with an arrow selects text and stays the browser's", () => {
  expect(pressed({}, "ArrowDown", { shiftKey: true })).toEqual({ act: "none" });
});

test("enter opens the active hit", () => {
  expect(pressed({ active: 1 }, "Enter")).toEqual({ act: "choose", index: 1, place: "here" });
});

test("enter without an active hit opens the best one", () => {
  expect(pressed({}, "Enter")).toEqual({ act: "choose", index: 0, place: "here" });
});

test.each(["shiftKey", "ctrlKey", "metaKey"])("enter with %s opens a new tab", (modifier) => {
  expect(pressed({ active: 1 }, "Enter", { [modifier]: true })).toMatchObject({ index: 1, place: "new-tab" });
});

test("enter before the answer asks at once instead of opening what an older query found", () => {
  expect(pressed({ answer: "missing" }, "Enter")).toEqual({ act: "ask" });
});

test("enter opens a hit picked by hand even while a newer answer is on its way", () => {
  expect(pressed({ answer: "missing", active: 1 }, "Enter")).toMatchObject({ act: "choose", index: 1 });
});

test("enter without hits does nothing", () => {
  expect(outcomeOf(none, press("Enter"))).toEqual({ act: "none" });
});

test("escape clears a query first", () => {
  expect(pressed({}, "Escape")).toEqual({ act: "clear" });
});

test("escape closes when there is no query", () => {
  expect(pressed({ query: "" }, "Escape")).toEqual({ act: "close" });
});

test.each(["Enter", "Escape", "ArrowDown"])("%s belongs to the input method while it composes", (key) => {
  expect(pressed({ active: 0 }, key, { isComposing: true })).toEqual({ act: "none" });
});

test("the enter that ends a composition in Safari, known by its key code, opens nothing", () => {
  expect(pressed({ active: 0 }, "Enter", { keyCode: 229 })).toEqual({ act: "none" });
});

test("arrows with control, alt or command, and enter with alt, are the browser's", () => {
  for (const key of ["ctrlKey", "altKey", "metaKey"])
    expect(pressed({}, "ArrowDown", { [key]: true })).toEqual({ act: "none" });
  expect(pressed({}, "Enter", { altKey: true })).toEqual({ act: "none" });
});
