import { isPipitError, MINILM_SPACE, type Piece, spaceOf } from "@pipit/core";
import { dot, shipped, shippedFile } from "@pipit/test/fixtures/shipped-starter";
import { expect, test } from "vitest";
import { createStarterEmbedder } from "./starter.ts";

const text = (text: string): Piece => ({ modality: "text", text });
const open = () => createStarterEmbedder(shippedFile(), MINILM_SPACE);

test("has MiniLM's space and its own name, with the fidelity that the trainer measured", () => {
  const { space, producer } = open();
  expect(space).toEqual(MINILM_SPACE);
  expect(producer.name).toBe("starter");
  expect(producer.fidelity.mean).toBeGreaterThan(0.8);
  expect(producer.fidelity.min).toBeLessThan(producer.fidelity.mean);
});

test("returns one row per piece, in order", async () => {
  const rows = await open().embed([text("a bird"), text(""), text("a card")]);
  expect(rows.length).toBe(3 * 384);
  expect(dot(rows.subarray(768), shipped.encode("a card"))).toBeCloseTo(1, 5);
});

test("counts tokens against MiniLM's window", () => {
  const { window } = open();
  expect(window?.limit).toBe(254);
  expect(window?.count("hello, world")).toBe(3);
});

test("refuses the space of another model", () => {
  const parts = { name: "other", weights: "a", tokenizer: "b", preprocessing: "c", dimensions: 384 } as const;
  const other = spaceOf({ ...parts, pooling: "mean", normalization: "l2" });
  expect(() => createStarterEmbedder(shippedFile(), other)).toThrow(/expected space other/);
});

test("refuses a piece that is not text", async () => {
  const picture = { modality: "image" } as unknown as Piece;
  const failed = await open()
    .embed([picture])
    .catch((error) => error);
  expect(isPipitError(failed, "bad-input")).toBe(true);
});

test("does nothing for a caller who has given up", async () => {
  const failed = await open()
    .embed([text("a")], { signal: AbortSignal.abort() })
    .catch((error) => error);
  expect(isPipitError(failed, "aborted")).toBe(true);
});

test("answers nothing after close", async () => {
  const embedder = open();
  await embedder.close();
  const failed = await embedder.embed([text("a")]).catch((error) => error);
  expect(isPipitError(failed, "closed")).toBe(true);
});

test("gives the thread back during bulk work, so that a question is answered in between", async () => {
  const embedder = open();
  const order: string[] = [];
  const many = Array.from({ length: 2_000 }, (_, i) => text(`entry number ${i} of a long list that takes its time`));
  const bulk = embedder.embed(many, { priority: "bulk" }).then(() => order.push("bulk"));
  await new Promise((turn) => setTimeout(turn, 0));
  await embedder.embed([text("a question")]).then(() => order.push("question"));
  await bulk;
  expect(order).toEqual(["question", "bulk"]);
});

test("stops in the middle of bulk work for a caller who gives up", async () => {
  const controller = new AbortController();
  const many = Array.from({ length: 2_000 }, (_, i) => text(`entry number ${i} of a long list that takes its time`));
  const bulk = open().embed(many, { priority: "bulk", signal: controller.signal });
  setTimeout(() => controller.abort(), 0);
  await expect(bulk).rejects.toMatchObject({ name: "AbortError" });
});
