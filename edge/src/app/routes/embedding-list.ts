import { Slices } from "@pipit/core";

interface ListParts {
  readonly width: number;
  readonly format: "float" | "base64";
  /** Further properties of the row of a text, in addition to its vector. */
  readonly marks: (index: number) => object;
  /** Properties of the whole answer. */
  readonly about: object;
}

/** Bytes of the longest number, "-1.1754943508222875e-38,", rounded up. */
const MOST_OF_A_NUMBER = 26;
/** Bytes of the JSON around a vector. */
const MOST_OF_A_ROW = 160;

const encoder = new TextEncoder();

/**
 * The JSON of many vectors, written in slices into a buffer of the largest possible size. Joining strings and encoding them would
 * hold the answer three times.
 */
export async function embeddingList(matrix: Float32Array, parts: ListParts): Promise<Uint8Array<ArrayBuffer>> {
  const { width, format, marks } = parts;
  const about = `],${JSON.stringify(parts.about).slice(1)}`;
  const count = matrix.length / width;
  // Each character is one byte, except in names, where it may be three.
  const bytes = new Uint8Array(count * (width * MOST_OF_A_NUMBER + MOST_OF_A_ROW) + about.length * 3 + 32);
  const slices = new Slices();
  let at = 0;
  const write = (text: string) => {
    at += encoder.encodeInto(text, bytes.subarray(at)).written;
  };
  write('{"object":"list","data":[');
  for (let index = 0; index < count; index++) {
    const row = matrix.subarray(index * width, (index + 1) * width);
    const embedding = format === "base64" ? base64(row) : Array.from(row);
    write(`${index ? "," : ""}${JSON.stringify({ object: "embedding", index, embedding, ...marks(index) })}`);
    await slices.pause();
  }
  write(about);
  return bytes.subarray(0, at);
}

function base64(row: Float32Array): string {
  const bytes = new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
