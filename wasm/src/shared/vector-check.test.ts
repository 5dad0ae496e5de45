import { describe, expect, test } from "vitest";
import { assertQueryVector } from "./vector-check.ts";

describe.each([1, 2, 7, 8])("of %d dimensions", (dimensions) => {
  const places = Array.from({ length: dimensions }, (_, place) => place);

  test.each(places)("a value that is no number is refused at place %d", (place) => {
    const query = new Float32Array(dimensions).fill(0.5);
    query[place] = Number.NaN;
    expect(() => assertQueryVector(query, { dimensions, originals: "f32" })).toThrow(
      expect.objectContaining({ code: "bad-vector" }),
    );
  });

  test.each(places)("a single value at place %d is a vector", (place) => {
    const query = new Float32Array(dimensions);
    query[place] = 1;
    expect(() => assertQueryVector(query, { dimensions, originals: "f32" })).not.toThrow();
  });
});
