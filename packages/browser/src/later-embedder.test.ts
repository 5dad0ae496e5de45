import { createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { expect, test } from "vitest";
import { laterEmbedder } from "./later-embedder.ts";

const piece = { modality: "text", text: "owl" } as const;

test("a model is loaded once, by the first call, and closed with its embedder", async () => {
  const bag = createBagEmbedder();
  let [loads, closed] = [0, 0];
  const embedder = laterEmbedder(bag, async () => {
    loads++;
    return { ...bag, close: async () => void closed++ };
  });
  expect([loads, embedder.isLoaded, embedder.space.id]).toEqual([0, false, bag.space.id]);
  const [one, two] = await Promise.all([embedder.embed([piece]), embedder.embed([piece])]);
  expect(one).toEqual(two);
  expect([loads, embedder.isLoaded]).toEqual([1, true]);
  await embedder.close();
  expect(closed).toBe(1);
});

test("a load that fails fails its calls, and the next call tries again", async () => {
  const bag = createBagEmbedder();
  const answers = [() => Promise.reject(new Error("no network")), async () => bag];
  const embedder = laterEmbedder(bag, () => answers.shift()!());
  await expect(embedder.embed([piece])).rejects.toThrow("no network");
  expect(embedder.isLoaded).toBe(false);
  expect(await embedder.embed([piece])).toHaveLength(bag.space.dimensions);
  expect(embedder.isLoaded).toBe(true);
});

test("closing an embedder that loaded nothing loads nothing", async () => {
  const embedder = laterEmbedder(createBagEmbedder(), () => Promise.reject(new Error("loaded")));
  await embedder.close();
});
