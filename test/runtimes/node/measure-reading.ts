/**
 * Measures the share of a text that all-MiniLM-L6-v2 must read for its vector to represent the text. Words of other scripts are inserted
 * into English sentences. Prints, by share of letters read, the mean cosine to the plain sentence, and how often the mixed text
 * is nearer to its own sentence than to all others.
 *   node --conditions=pipit-source test/runtimes/node/measure-reading.ts
 */
import { createLane, textPiece } from "@pipit/core";
import { readingOf } from "@pipit/core/reading";
import { minilmFolder, openMinilm, referenceTexts } from "../../fixtures/minilm.ts";

const FOREIGN = [
  "полевой жаворонок поёт в небе над полем весной на рассвете и летит за лес к реке",
  "草地 上的 鹡鸰 是一种 常见的 小鸟 它在 水边 觅食 春天 歌唱 天空 飞翔 森林 河流",
  "قبرة الحقل تغني في السماء فوق الحقول في الربيع عند الفجر وتطير إلى الغابة",
  "นกตัวเล็ก สีน้ำตาล ร้องเพลง ขณะบินอยู่ เหนือทุ่งหญ้า ในฤดูใบไม้ผลิ และทำรัง บนพื้นดิน",
].map((text) => text.split(" "));

function mixed(sentence: string, foreign: readonly string[], perWord: number): string {
  let given = 0;
  return sentence
    .split(/\s+/)
    .map((word, i) => {
      const until = Math.round((i + 1) * perWord);
      const words = Array.from({ length: until - given }, (_, j) => foreign[(given + j) % foreign.length]);
      given = until;
      return [word, ...words].join(" ");
    })
    .join(" ");
}

const dot = (matrix: Float32Array, a: number, b: number) =>
  matrix.subarray(a * 384, a * 384 + 384).reduce((sum, value, i) => sum + value * matrix[b * 384 + i]!, 0);

const folder = minilmFolder!;
const lane = createLane(await openMinilm(folder, "fp32"));
const isSentence = (text: string) => /^[\x20-\x7e]{40,160}$/.test(text);
const sentences = referenceTexts(folder).flatMap(({ text }) => (isSentence(text) ? [text] : []));
const buckets = new Map<number, { cosines: number[]; own: number }>();
for (const foreign of FOREIGN) {
  for (const perWord of [0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5]) {
    const texts = sentences.map((sentence) => mixed(sentence, foreign, perWord));
    const vectors = await lane.embed([...sentences, ...texts].map(textPiece));
    texts.forEach((text, i) => {
      const share = readingOf(text, ["Latin"]).shareOf({ start: 0, end: text.length });
      const cosines = sentences.map((_, j) => dot(vectors, sentences.length + i, j));
      const bucket = buckets.get(Math.floor(share * 10)) ?? { cosines: [], own: 0 };
      bucket.cosines.push(cosines[i]!);
      if (cosines.every((cosine) => cosine <= cosines[i]!)) bucket.own += 1;
      buckets.set(Math.floor(share * 10), bucket);
    });
  }
}
console.log(`${sentences.length} sentences`);
for (const [tenth, { cosines, own }] of [...buckets].sort(([a], [b]) => b - a)) {
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  const least = (tenth / 10).toFixed(1);
  console.log(
    `read >= ${least}: cosine ${mean.toFixed(2)}, own nearest ${(own / cosines.length).toFixed(2)} of ${cosines.length}`,
  );
}
await lane.close();
