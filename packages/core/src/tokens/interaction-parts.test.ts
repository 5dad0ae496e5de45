import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { InteractionParts } from "./interaction-parts.ts";
import { lateInteraction } from "./late-interaction.ts";

const random = seeded(7);
const query = {
  dimensions: 16,
  vectors: Float32Array.from({ length: 5 * 16 }, () => (random() - 0.5) / 2),
  weights: Float32Array.of(1, 0, 2.5, 0.25, 3),
};
const document = { tokenBytes: 2, bits: Uint8Array.from({ length: 40 }, () => random() * 256) };

test("the parts of all tokens sum up to the late interaction", () => {
  const parts = new InteractionParts(query).of(document);
  expect(parts).toHaveLength(20);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(lateInteraction(query, document), 5);
});

test("a part is of the token that is most similar to one of the query, if it is similar enough", () => {
  const axes = new Float32Array(16);
  axes[3] = 1;
  axes[8] = -1;
  const asked = new InteractionParts({ dimensions: 8, vectors: axes, weights: Float32Array.of(3, 1) });
  const far = { tokenBytes: 1, bits: Uint8Array.of(0b0000_0001, 0b0000_1000) };
  const parts = asked.of(far).map((part) => Math.round(part * Math.sqrt(8) * 4));
  expect([...parts]).toEqual([0, 4]);
  expect([...asked.of(far, 0.5)]).toEqual([0, 0]);
});

test("a document without tokens has no parts, and a query without weight adds nothing", () => {
  expect(new InteractionParts(query).of({ tokenBytes: 2, bits: new Uint8Array() })).toEqual(new Float32Array());
  const unweighted = new InteractionParts({ ...query, weights: new Float32Array(5) });
  expect([...unweighted.of(document)].some((part) => part !== 0)).toBe(false);
});

test("tokens of another size are refused", () => {
  expect(() => new InteractionParts(query).of({ tokenBytes: 3, bits: new Uint8Array(3) })).toThrow(/bytes of tokens/);
});
