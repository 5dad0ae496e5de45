import { expect, test } from "vitest";
import { LEAST_READ, readShareOf } from "./reading.ts";

const share = (text: string) => readShareOf(text, ["Latin"])({ start: 0, end: text.length });

test.each([
  "The barn owl hunts over meadows.",
  "Die Mönchsgrasmücke singt, größer als ein Zaunkönig.",
  "Tiếng Việt có dấu",
  "for (let i = 0; i < n; i++) sum += a[i] * b[i];",
  "2026-11-28 06:00 +41 79 123 45 67",
  "π ≈ 3.14159, ∑ xᵢ² ≤ ½",
  "Alauda arvensis (полевой жаворонок), 18 cm",
  "Great sighting today 🐦🎉",
  "?!",
  "naı̈ve cafe\u0301",
  "Larks🐦 over the meadow at dawn",
  "│a│b│",
  "5 μm",
  "5 µm",
  "β-carotene",
  "\ufffdlark",
  "\ue000lark",
])("%j is read", (text) => {
  expect(share(text)).toBeGreaterThanOrEqual(LEAST_READ);
});

test.each([
  "Полевой жаворонок",
  "草地上的鹡鸰",
  "ひばりが鳴く",
  "종달새가 노래한다",
  "قبرة الحقل",
  "החפרית",
  "นกตัวเล็ก",
  "🐦🐦🐦",
  "ＡＢＣ",
  "𝐛𝐨𝐥𝐝",
  "ACGTTGCA".repeat(40),
  "Жаворонок (Alauda)",
  "Pizza🍕",
  "I❤️NY",
  "lark🐦 owl🦉",
  "1️⃣2️⃣",
  "lark\u0903",
  "♔♕♖",
  "ƀƃƈƌ",
  "☐☑",
  "ǂkxʼao",
  "ορνις",
  "\ue000\ue001",
  "\u0378\u{50000}",
])("%j is not read", (text) => {
  expect(share(text)).toBeLessThan(LEAST_READ);
});

test("part of a word that is too long is not read either", () => {
  const text = `An owl: ${"ACGT".repeat(40)}`;
  expect(readShareOf(text, ["Latin"])({ start: 8, end: 60 })).toBe(0);
  expect(readShareOf(text, ["Latin"])({ start: 0, end: 6 })).toBe(1);
});
