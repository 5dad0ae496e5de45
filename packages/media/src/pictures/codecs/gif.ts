import { ByteReader } from "../byte-reader.ts";
import { paletteAt, readGifHead } from "../heads/gif-head.ts";
import { readLzw } from "./lzw.ts";
import type { Raster } from "./raster.ts";

/** First row and distance of the rows of the four passes of an interlaced picture. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** The first frame of a GIF on its logical screen. Where it leaves the screen bare, that is the colour of the background. */
export function decodeGif(bytes: Uint8Array): Raster {
  const file = new ByteReader(bytes, true);
  const { width, height, palette, frameAt } = readGifHead(file);
  const raster = { width, height, channels: 3, data: new Uint8Array(width * height * 3) } as const;
  const background = file.u8(11) * 3;
  if (background < palette.length) fill(raster.data, palette.subarray(background, background + 3));
  draw(readFrame(file, frameAt, palette), raster);
  return raster;
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly isInterlaced: boolean;
  readonly palette: Uint8Array;
  /** [height][width], in the order in which rows are stored. */
  readonly colors: Uint8Array;
}

function readFrame(file: ByteReader, at: number, shared: Uint8Array): Frame {
  const [left, top, width, height] = [file.u16(at + 1), file.u16(at + 3), file.u16(at + 5), file.u16(at + 7)];
  const flags = file.u8(at + 9);
  const own = paletteAt(file, at + 10, flags);
  const palette = own.length > 0 ? own : shared;
  const codesAt = at + 10 + own.length;
  const colors = readLzw(blocksAt(file, codesAt + 1), file.u8(codesAt), width * height);
  return { left, top, width, height, isInterlaced: (flags & 0x40) !== 0, palette, colors };
}

/** The bytes of blocks, each behind its length, until an empty one. */
function blocksAt(file: ByteReader, start: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = start;
  for (let length = file.u8(at); length > 0; length = file.u8(at)) {
    parts.push(file.part(at + 1, length));
    at += 1 + length;
  }
  const data = new Uint8Array(at - start);
  let to = 0;
  for (const part of parts) {
    data.set(part, to);
    to += part.length;
  }
  return data.subarray(0, to);
}

function fill(data: Uint8Array, color: Uint8Array): void {
  for (let at = 0; at < data.length; at += 3) data.set(color, at);
}

function draw(frame: Frame, { width, data }: Raster): void {
  rowsOf(frame).forEach((row, stored) => {
    for (let x = 0; x < frame.width; x += 1) {
      const color = frame.colors[stored * frame.width + x]! * 3;
      const to = ((frame.top + row) * width + frame.left + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) data[to + channel] = frame.palette[color + channel] ?? 0;
    }
  });
}

/** The row of the frame that each stored row is. */
function rowsOf({ height, isInterlaced }: Frame): number[] {
  const passes = isInterlaced ? PASSES : ([[0, 1]] as const);
  const rows: number[] = [];
  for (const [first, step] of passes) for (let row = first; row < height; row += step) rows.push(row);
  return rows;
}
