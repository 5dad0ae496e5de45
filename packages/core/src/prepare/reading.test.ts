import { expect, test } from "vitest";
import { LEAST_READ, readingOf } from "./reading.ts";

const share = (text: string) => readingOf(text, ["Latin"]).shareOf({ start: 0, end: text.length });

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
  "ACGTTGCA".repeat(6),
  "3.1415926535897932384626433832795028841971693993751",
  "aHR0cHM6Ly9leGFtcGxlLm9yZy9iYXJuLW93bHMtaHVudA",
  "「」《》",
  "؟؟",
])("%j is not read", (text) => {
  expect(share(text)).toBeLessThan(LEAST_READ);
});

test("part of a word that is too long is not read either", () => {
  const text = `An owl: ${"ACGT".repeat(40)}`;
  expect(readingOf(text, ["Latin"]).shareOf({ start: 8, end: 60 })).toBe(0);
  expect(readingOf(text, ["Latin"]).shareOf({ start: 0, end: 6 })).toBe(1);
});

test("words that are not read are found within others, neighbours together", () => {
  const text = "The 手机壳 (红 色) by Иван Пётр, see ∀∃ and café";
  const unread = readingOf(text, ["Latin"]).unreadIn({ start: 0, end: text.length });
  expect(unread.map(({ start, end }) => text.slice(start, end))).toEqual(["手机壳", "红 色", "Иван Пётр", "∀∃"]);
  expect(readingOf(text, ["Latin"]).unreadIn({ start: 0, end: 5 })).toEqual([{ start: 4, end: 5 }]);
});

test("the quick look at plain texts says what the look at each word says", () => {
  // A word that is too long makes each word of the text be looked at.
  const long = "ACGT".repeat(12);
  for (let code = 0; code < 0x2100; code++) {
    const text = `a ${String.fromCharCode(code)}b`;
    const slow = readingOf(`${text} ${long}`, ["Latin"]).shareOf({ start: 0, end: text.length });
    if (share(text) === 1) expect([code, slow]).toEqual([code, 1]);
  }
  expect(share("— … —")).toBe(0);
});
