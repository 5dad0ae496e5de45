import { Slices } from "@pipit/core";

interface ListParts {
  readonly width: number;
  readonly format: "float" | "base64";
  /** What is said beside the vector of a text. */
  readonly marks: (index: number) => object;
  /** What is said of all of them. */
  readonly about: object;
}

/** "-1.1754943508222875e-38," and a little room. */
const MOST_OF_A_NUMBER = 26;
/** What stands around a vector. */
const MOST_OF_A_ROW = 160;

const encoder = new TextEncoder();

/**
 * The JSON of many vectors, written in slices into memory for the longest that it can be. Strings of it that are joined and then
 * encoded would be held three times over.
 */
export async function embeddingList(matrix: Float32Array, parts: ListParts): Promise<Uint8Array<ArrayBuffer>> {
  const { width, format, marks } = parts;
  const about = `],${JSON.stringify(parts.about).slice(1)}`;
  const count = matrix.length / width;
  // Each character is a byte but for those of names, which may be three.
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
