import { expect, test } from "vitest";
import { uprightPicture } from "./upright.ts";

// a b c
// d e f
const [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6];
const data = Uint8Array.from([a, b, c, d, e, f].flatMap((value) => [value, value + 10, value + 20, 255]));
const raster = { width: 3, height: 2, channels: 4, data } as const;

// As the EXIF standard shows them: what of the picture is at the first row and the first column of the file.
test.each([
  [1, 3, [a, b, c, d, e, f]],
  [2, 3, [c, b, a, f, e, d]],
  [3, 3, [f, e, d, c, b, a]],
  [4, 3, [d, e, f, a, b, c]],
  [5, 2, [a, d, b, e, c, f]],
  [6, 2, [d, a, e, b, f, c]],
  [7, 2, [f, c, e, b, d, a]],
  [8, 2, [c, f, b, e, a, d]],
])("orientation %i is turned upright, and alpha is dropped", (orientation, width, expected) => {
  const picture = uprightPicture(raster, orientation);
  expect(picture).toMatchObject({ width, height: 6 / width });
  expect([...picture.pixels]).toEqual(expected.flatMap((value) => [value, value + 10, value + 20]));
});

test("pixels without alpha are copied", () => {
  const rgb = { width: 1, height: 1, channels: 3, data: Uint8Array.of(7, 8, 9) } as const;
  const { pixels } = uprightPicture(rgb, 1);
  rgb.data[0] = 0;
  expect([...pixels]).toEqual([7, 8, 9]);
});
