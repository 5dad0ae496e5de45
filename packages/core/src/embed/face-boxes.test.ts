import { expect, test } from "vitest";
import { type Face, facesIn, withoutOverlaps } from "./face-boxes.ts";

/** A grid of 2 x 2 cells of 16 pixels, with a face in one of them. */
function grid(cell: number, { box = [0, 0, 0, 0], points = new Array<number>(10).fill(0) } = {}) {
  const probabilities = Float32Array.from({ length: 4 }, (_, at) => (at === cell ? 0.81 : 0.1));
  const boxes = new Float32Array(16);
  boxes.set(box, cell * 4);
  const marks = new Float32Array(40);
  marks.set(points, cell * 10);
  return { stride: 16, columns: 2, classes: probabilities, objects: probabilities, boxes, points: marks };
}

test("a face is placed by its cell, its offsets and its size in cells", () => {
  const points = [0, 0, 1, 0, 0.5, 0.5, 0, 1, 1, 1];
  const [face, ...others] = facesIn(grid(3, { box: [0.5, 0.25, Math.log(2), 0], points }), 0.7);
  expect(others).toEqual([]);
  expect(face!.x).toBeCloseTo(24 - 16, 4);
  expect(face!.y).toBe(20 - 8);
  expect(face!.width).toBeCloseTo(32, 4);
  expect(face!.height).toBeCloseTo(16, 4);
  expect(face!.score).toBeCloseTo(0.81, 5);
  expect(face!.landmarks[2]).toEqual({ x: 24, y: 24 });
  expect(face!.landmarks).toHaveLength(5);
});

test("both probabilities count, within 0 and 1", () => {
  const objects = Float32Array.of(0, 0, 0, 0.01);
  expect(facesIn({ ...grid(3), objects }, 0.7)).toEqual([]);
  expect(facesIn({ ...grid(3), objects: Float32Array.of(0, 0, 0, 4) }, 0.7)[0]!.score).toBeCloseTo(0.9, 5);
});

const face = (x: number, score: number): Face => ({ x, y: 0, width: 10, height: 10, score, landmarks: [] });

test("of overlapping faces the best is kept, and those apart are, too", () => {
  const kept = withoutOverlaps([face(2, 0.8), face(0, 0.9), face(6, 0.7), face(40, 0.75)], 0.3);
  expect(kept.map(({ x }) => x)).toEqual([0, 40, 6]);
});
