import type { Picture } from "@pipit/core";
import type { Raster } from "./codecs/raster.ts";

/** For each orientation of EXIF how its stored rows and columns are read: the picture's x runs along the stored y; either runs backwards. */
const TURNS: Readonly<
  Record<number, { readonly isSwapped: boolean; readonly backX: boolean; readonly backY: boolean }>
> = {
  1: { isSwapped: false, backX: false, backY: false },
  2: { isSwapped: false, backX: true, backY: false },
  3: { isSwapped: false, backX: true, backY: true },
  4: { isSwapped: false, backX: false, backY: true },
  5: { isSwapped: true, backX: false, backY: false },
  6: { isSwapped: true, backX: true, backY: false },
  7: { isSwapped: true, backX: true, backY: true },
  8: { isSwapped: true, backX: false, backY: true },
};

/** The raster as RGB, turned as its EXIF orientation (1 to 8) asks. */
export function uprightPicture(raster: Raster, orientation: number): Picture {
  const { width, height, channels, data } = raster;
  if (orientation === 1) return { width, height, pixels: withoutAlpha(raster) };
  const { isSwapped, backX, backY } = TURNS[orientation]!;
  const [columns, rows] = isSwapped ? [height, width] : [width, height];
  // Steps in `data` of one pixel to the right and one down.
  const [stepX, stepY] = isSwapped ? [width * channels, channels] : [channels, width * channels];
  const start = (backX ? (columns - 1) * stepX : 0) + (backY ? (rows - 1) * stepY : 0);
  const [right, down] = [backX ? -stepX : stepX, backY ? -stepY : stepY];
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < rows; y += 1) {
    for (let x = 0, from = start + y * down; x < columns; x += 1, from += right, to += 3) {
      pixels[to] = data[from]!;
      pixels[to + 1] = data[from + 1]!;
      pixels[to + 2] = data[from + 2]!;
    }
  }
  return { width: columns, height: rows, pixels };
}

function withoutAlpha({ width, height, channels, data }: Raster): Uint8Array<ArrayBuffer> {
  if (channels === 3) return new Uint8Array(data);
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = data[from]!;
    pixels[to + 1] = data[from + 1]!;
    pixels[to + 2] = data[from + 2]!;
  }
  return pixels;
}
