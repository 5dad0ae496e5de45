import { PipitError } from "@pipit/core";
import { COLOURS, type EncoderShape } from "./encoder-shape.ts";

/** Throws `bad-input` unless the encoder reads tokens, and these rows of ids fit it. */
export function assertRows(rows: readonly (readonly number[])[], shape: EncoderShape): void {
  assertReads("tokens", shape);
  for (const row of rows) assertTokens(row, shape);
}

/** Throws `bad-input` unless the encoder reads pictures, and these are one or more whole ones. */
export function assertPixels(pixels: Float32Array, shape: EncoderShape): void {
  assertReads("patches", shape);
  const values = pictureValues(shape);
  if (pixels.length % values !== 0 || pixels.length === 0) throw wrongPixels(pixels.length, values);
}

/** Values of one picture. */
export function pictureValues({ picture }: EncoderShape): number {
  return COLOURS * picture ** 2;
}

function assertReads(input: EncoderShape["input"], shape: EncoderShape): void {
  if (shape.input === input) return;
  throw new PipitError("bad-input", {
    got: input === "tokens" ? "token ids" : "pixels",
    expected: shape.input === "tokens" ? "token ids" : "pixels",
    do: "Use the tower that reads them.",
  });
}

function assertTokens(row: readonly number[], { positions, vocabulary }: EncoderShape): void {
  if (row.length === 0 || row.length > positions) {
    throw new PipitError("bad-input", {
      got: `${row.length} token ids`,
      expected: `1 to ${positions}`,
      do: row.length === 0 ? "Wrap the text in its special tokens." : "Cut the text to the model's window.",
    });
  }
  const wrong = row.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (wrong === undefined) return;
  throw new PipitError("bad-input", {
    got: `the token id ${wrong}`,
    expected: `whole numbers from 0 to ${vocabulary - 1}`,
    do: "Use the tokenizer that belongs to the model.",
  });
}

function wrongPixels(got: number, values: number): PipitError {
  return new PipitError("bad-input", {
    got: `${got} pixel values`,
    expected: `${values} a picture, and one picture at least`,
    do: "Cut and scale pictures as the model wants them: [3][side][side] f32 each.",
  });
}
