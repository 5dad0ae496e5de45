import { expect, test } from "vitest";
import { addressOf, placeOf } from "./place-address.ts";
import { NO_CHOICE, type Place } from "./question.ts";

const START: Place = { question: { text: "", scope: "guide", choice: NO_CHOICE }, page: undefined };
const choice = { group: "Owls", region: "North America", size: "25-50" };

test.each<[string, Place]>([
  ["", START],
  ["?q=a+%26+b%3F", { ...START, question: { ...START.question, text: "a & b?" } }],
  [
    "?q=owl&group=Owls&region=North+America&size=25-50",
    { ...START, question: { text: "owl", scope: "guide", choice } },
  ],
  ["?q=toad&in=mine", { ...START, question: { text: "toad", scope: "mine", choice: NO_CHOICE } }],
  [
    "?q=toad&in=all&bird=barn-owl",
    { question: { text: "toad", scope: "all", choice: NO_CHOICE }, page: { bird: "barn-owl" } },
  ],
  ["?file=a%2Fb.txt", { ...START, page: { path: "a/b.txt", part: 1 } }],
  ["?file=a%2Fb.txt&part=3", { ...START, page: { path: "a/b.txt", part: 3 } }],
])("%j is one place, there and back", (address, place) => {
  expect(placeOf(address)).toEqual(place);
  expect(addressOf(place)).toBe(address);
});

test("filters of the guide are not in the address of a question that does not use them", () => {
  expect(addressOf({ question: { text: "owl", scope: "all", choice } })).toBe("?q=owl&in=all");
});

test("a question is the same with spaces around it", () => {
  expect(addressOf({ question: { ...START.question, text: " owl " } })).toBe("?q=owl");
});

test.each(["?in=everywhere", "?part=3", "?utm_source=mail"])("%s is the start of the app", (address) => {
  expect(placeOf(address)).toEqual(START);
});

test.each(["0", "-1", "1.5", "x"])("part %s of a file is its first", (part) => {
  expect(placeOf(`?file=a.txt&part=${part}`).page).toEqual({ path: "a.txt", part: 1 });
});
