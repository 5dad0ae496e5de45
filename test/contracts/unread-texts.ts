import type { PlainEntry, SearchEngine } from "@pipit/core";
import { expect } from "vitest";
import type { claims } from "./contract.ts";

/** Claims about texts that the model does not read, or reads in part, for every SearchEngine. `filled` returns an engine with entries. */
export function unreadTextClaims(claim: ReturnType<typeof claims>["claim"], filled: () => Promise<SearchEngine>): void {
  claim("a text in a script that the model does not read is reported, and found by its words alone", async () => {
    const engine = await filled();
    const summary = await engine.add(UNREAD);
    expect(summary).toEqual({ added: 4, skipped: [], unread: ["skylark", "bird", "bank", "dna"] });
    for (const { id, text } of UNREAD) {
      const { hits, unread, weak } = await engine.search(text);
      expect([unread, weak]).toEqual([true, undefined]);
      expect(hits[0]).toMatchObject({ id, match: "words", part: { text }, evidence: { coverage: 1 } });
      expect(hits[0]?.evidence.cosine).toBeUndefined();
    }
    const { hits } = await engine.search("ЖАВОРОНОК поёт");
    expect(hits).toMatchObject([{ id: "skylark", match: "words" }]);
    const marked = hits[0]!.matches.map(({ start, end }) => hits[0]!.entry.text.slice(start, end));
    expect(marked).toEqual(["жаворонок", "поет"]);
    expect((await engine.search("ธนาคาร")).hits.map(({ id }) => id)).toEqual(["bank"]);
    expect((await engine.search("猫头鹰")).hits).toEqual([]);
  });

  claim("a query that the model reads finds by meaning, and by a word within what it does not read", async () => {
    const engine = await filled();
    await engine.add([{ id: "mixed", text: "草地上的鹡鸰又叫 wagtail 是一种常见的小鸟" }]);
    const { hits, unread } = await engine.search("wagtail", { k: 50 });
    expect(unread).toBeUndefined();
    expect(hits.find(({ id }) => id === "mixed")).toMatchObject({ match: "words" });
    expect(hits.find(({ id }) => id === "lark")?.match).toBeUndefined();
    const vector = new Float32Array((await engine.stats()).space.dimensions).fill(1);
    expect((await engine.search(vector, { k: 50 })).hits.map(({ id }) => id)).not.toContain("mixed");
  });

  claim("a question finds what it asks about, and a long text is found by most of it", async () => {
    const engine = await filled();
    const names = ["Чехол iPhone 13 красный", "Чехол iPhone 14 красный", "Чехол iPhone 15 красный"];
    const han = Array.from({ length: 900 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 37) % 9000))).join("");
    const texts = [...names, "红色手机壳 适合 iPhone", han];
    await engine.add(texts.map((text) => ({ id: text.slice(0, 30), text })));
    const best = async (query: string) => (await engine.search(query, { k: 1 })).hits[0]?.id;
    expect(await best("где купить красный чехол 15")).toBe(names[2]);
    expect(await best("请问哪里可以买到红色手机壳")).toBe("红色手机壳 适合 iPhone");
    for (const query of [`${han}！`, han.slice(1), han.slice(300, 700)])
      expect(await best(query)).toBe(han.slice(0, 30));
  });

  claim("of a text with both, each passage is found in its own way", async () => {
    const engine = await filled();
    const russian = "Полевой жаворонок поёт над полем на рассвете каждой весной";
    const text = `The hoopoe raises a crest of orange feathers when it lands\n\n${russian}`;
    expect(await engine.add([{ id: "two", text }])).toMatchObject({ added: 1, unread: ["two"] });
    const [byWords] = (await engine.search("жаворонок", { k: 1 })).hits;
    expect(byWords).toMatchObject({ id: "two", match: "words", part: { text: russian } });
    const [byMeaning] = (await engine.search("hoopoe crest orange feathers", { k: 1 })).hits;
    expect(byMeaning).toMatchObject({ id: "two", part: { start: 0 } });
    expect(byMeaning?.match).toBeUndefined();
  });

  claim("texts that differ only in words that the model does not read are told apart", async () => {
    const engine = await filled();
    const texts = Object.values(ALIKE).flat();
    expect((await engine.add(texts.map((text) => ({ id: text, text })))).unread).toBeUndefined();
    for (const text of texts) {
      const [best, next] = (await engine.search(text)).hits;
      expect(best, text).toMatchObject({ id: text, evidence: { coverage: expect.closeTo(1, 3) }, part: { text } });
      expect(best?.match, text).toBeUndefined();
      expect(next!.score, text).toBeLessThan(best!.score);
    }
    const [product] = (await engine.search("充电器", { k: 1 })).hits;
    expect(product).toMatchObject({ id: "iPhone 充电器", match: "words" });
  });

  claim("an entry is found by both of its parts among many that share either, whatever k is", async () => {
    const engine = await filled();
    const word = Array.from({ length: 150 }, (_, i) => `Samsung Galaxy A${i} 手机壳`);
    const latin = Array.from({ length: 150 }, (_, i) => `Leather case ${String.fromCodePoint(0x4e00 + i)}`);
    const texts = [...word, ...latin, "Leather case 手机壳"];
    await engine.add(texts.map((text) => ({ id: text, text })));
    for (const k of [1, 300]) {
      for (const text of ["Leather case 手机壳", word[149]!])
        expect((await engine.search(text, { k })).hits[0]).toMatchObject({ id: text });
    }
    await engine.add([{ id: "alone", text: "手机壳" }]);
    expect((await engine.search("手机壳")).hits[0]).toMatchObject({ id: "alone", match: "words" });
  });

  claim("an unread word tells one entry from a thousand whose vectors are equal", async () => {
    const engine = await filled();
    const alike = Array.from({ length: 1000 }, (_, i) => `The colour of paint is ${String.fromCodePoint(0x4e00 + i)}`);
    await engine.add(alike.map((text, i) => ({ id: `${i}`, text })));
    for (const i of [0, 500, 999])
      expect((await engine.search(alike[i]!, { k: 1 })).hits).toMatchObject([{ id: `${i}` }]);
  });
}

const UNREAD: readonly PlainEntry[] = [
  { id: "skylark", text: "Полевой жаворонок поет в небе над полем" },
  { id: "bird", text: "นกตัวเล็กสีน้ำตาลร้องเพลงขณะบินอยู่เหนือทุ่งหญ้าในฤดูใบไม้ผลิและทำรังบนพื้นดิน" },
  { id: "bank", text: "ธนาคารแห่งประเทศไทยประกาศขึ้นอัตราดอกเบี้ยนโยบายเพื่อควบคุมเงินเฟ้อที่สูงขึ้น" },
  { id: "dna", text: "ACGTTGCA".repeat(40) },
];

const ALIKE = {
  han: ["iPhone 手机壳", "iPhone 充电器"],
  cyrillic: ["Meeting with Иван about the contract", "Meeting with Пётр about the contract"],
  emoji: ["Status: ✅", "Status: ❌"],
  spread: ["The 手机壳 (红) and the 充电器", "The 手机壳 (蓝) and the 充电器"],
  glued: ["Pizza🍕 for dinner tonight", "Pizza🍔 for dinner tonight"],
  signs: ["Logic uses ∀ in every second line", "Logic uses ∃ in every second line"],
};
