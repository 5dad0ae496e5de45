import { ByteReader } from "../byte-reader.ts";
import { BIT_FIELDS, type BmpHead, readBmpHead } from "../heads/bmp-head.ts";
import type { Raster } from "./raster.ts";

/** Uncompressed BMP of 1, 4, 8, 16, 24 and 32 bits, with a palette or masks. */
export function decodeBmp(bytes: Uint8Array): Raster {
  const file = new ByteReader(bytes, true);
  const head = readBmpHead(file);
  const { width, height, bits, isTopDown, pixelsAt } = head;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const data = new Uint8Array(width * height * 3);
  const readRow = rowReader(file, head);
  for (let row = 0; row < height; row += 1) {
    const stored = isTopDown ? row : height - 1 - row;
    readRow(file.part(pixelsAt + stored * stride, Math.ceil((width * bits) / 8)), data.subarray(row * width * 3));
  }
  return { width, height, channels: 3, data };
}

type RowReader = (stored: Uint8Array, row: Uint8Array) => void;

function rowReader(file: ByteReader, head: BmpHead): RowReader {
  if (head.bits <= 8) return paletteRow(head, readPalette(file, head));
  if (head.bits === 24) return (stored, row) => swapRow(stored, row, head.width);
  const masks = head.compression === BIT_FIELDS ? readMasks(file, head) : DEFAULT_MASKS[head.bits as 16 | 32];
  return maskedRow(head, masks.map(channelOf));
}

/** Blue, green, red, as BMP stores them, of each colour. */
function readPalette(file: ByteReader, { tableAt, colors, colorBytes, bits, pixelsAt }: BmpHead): Uint8Array {
  const most = 2 ** bits;
  const room = Math.floor((pixelsAt - tableAt) / colorBytes);
  const count = Math.min(colors || most, most, Math.max(room, 0));
  const palette = new Uint8Array(most * 3);
  for (let color = 0; color < count; color += 1) {
    palette.set(file.part(tableAt + color * colorBytes, 3), color * 3);
  }
  return palette;
}

function paletteRow({ bits, width }: BmpHead, palette: Uint8Array): RowReader {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (stored, row) => {
    for (let x = 0; x < width; x += 1) {
      const shift = 8 - bits * ((x % perByte) + 1);
      const color = ((stored[Math.floor(x / perByte)]! >> shift) & mask) * 3;
      row[x * 3] = palette[color + 2]!;
      row[x * 3 + 1] = palette[color + 1]!;
      row[x * 3 + 2] = palette[color]!;
    }
  };
}

function swapRow(stored: Uint8Array, row: Uint8Array, width: number): void {
  for (let at = 0; at < width * 3; at += 3) {
    row[at] = stored[at + 2]!;
    row[at + 1] = stored[at + 1]!;
    row[at + 2] = stored[at]!;
  }
}

/** Of red, green and blue. */
const DEFAULT_MASKS = { 16: [0x7c00, 0x3e0, 0x1f], 32: [0xff0000, 0xff00, 0xff] } as const;

function readMasks(file: ByteReader, { tableAt }: BmpHead): number[] {
  return [file.u32(tableAt), file.u32(tableAt + 4), file.u32(tableAt + 8)];
}

interface Channel {
  readonly mask: number;
  readonly shift: number;
  readonly most: number;
}

function channelOf(mask: number): Channel {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  return { mask, shift, most: mask >>> shift };
}

function maskedRow({ bits, width }: BmpHead, channels: readonly Channel[]): RowReader {
  const bytes = bits / 8;
  return (stored, row) => {
    const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
    for (let x = 0; x < width; x += 1) {
      const pixel = bytes === 2 ? view.getUint16(x * 2, true) : view.getUint32(x * 4, true);
      for (let channel = 0; channel < 3; channel += 1) row[x * 3 + channel] = scaled(pixel, channels[channel]!);
    }
  };
}

/** To 8 bits, cut down as Pillow does. */
function scaled(pixel: number, { mask, shift, most }: Channel): number {
  return most === 0 ? 0 : Math.floor((((pixel & mask) >>> shift) * 255) / most);
}
