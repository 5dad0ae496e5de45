import { checksum } from "../checksum.ts";
import type { ComputedForm, ComputedText } from "../computed-text.ts";
import { joinedBytes } from "../joined-bytes.ts";
import { whyNotUnitRows } from "../unit-rows.ts";

/** What a record holds. */
export interface RecordShape {
  readonly form: ComputedForm;
  /** Of the vector. */
  readonly dimensions: number;
  /** Bytes of one token in this form; 0 without tokens. */
  readonly tokenBytes: number;
}

const CHECKSUM_BYTES = 4;

/**
 * A text as bytes, little endian: the vector (f32), and if it has tokens these (bits or f32) and a checksum of everything before it. A
 * vector without tokens is checked by its norm. Tokens need the checksum: any bits are valid ones, and so are fewer of them.
 */
export function recordOf({ vector, tokens }: ComputedText): Uint8Array {
  if (!tokens) return bytesOf(vector);
  const body = joinedBytes([bytesOf(vector), bytesOf(tokens)], vector.byteLength + tokens.byteLength);
  const sum = new Uint8Array(CHECKSUM_BYTES);
  new DataView(sum.buffer).setUint32(0, checksum(body), true);
  return joinedBytes([body, sum], body.length + CHECKSUM_BYTES);
}

/** The text of a record, or undefined for damaged bytes and those of another shape. */
export function textOf(record: Uint8Array, shape: RecordShape): ComputedText | undefined {
  const body = shape.form === "vector" ? record : withoutChecksum(record);
  if (!body) return undefined;
  const vectorBytes = shape.dimensions * 4;
  const vector = floatsOf(body.subarray(0, vectorBytes));
  if (whyNotUnitRows(vector, 1, shape.dimensions)) return undefined;
  const rest = body.subarray(vectorBytes);
  if (shape.form === "vector") return rest.length === 0 ? { vector } : undefined;
  const count = rest.length / shape.tokenBytes;
  if (!Number.isInteger(count)) return undefined;
  return { vector, tokens: shape.form === "bits" ? new Uint8Array(rest) : floatsOf(rest), count };
}

function withoutChecksum(record: Uint8Array): Uint8Array | undefined {
  const end = record.length - CHECKSUM_BYTES;
  if (end < 0) return undefined;
  const body = record.subarray(0, end);
  const sum = new DataView(record.buffer, record.byteOffset + end).getUint32(0, true);
  return sum === checksum(body) ? body : undefined;
}

/** A copy: a record may begin at any byte of its buffer. `slice` of a Buffer would be none. */
function floatsOf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return new Float32Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / 4));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
