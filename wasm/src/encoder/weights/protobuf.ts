import { badModel } from "./bad-model.ts";

/** One field of a protobuf message, still encoded: a message within is read by another `readFields`. */
export interface WireField {
  readonly number: number;
  /** Of a varint, signed and 64 bits wide, exact within the safe integers; 0 of any other. */
  readonly value: number;
  /** Of a field with a length or a fixed width, where it lies in the file; undefined of a varint. */
  readonly bytes: Uint8Array | undefined;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

const VARINT = 0;
const FIXED_64 = 1;
const WITH_LENGTH = 2;
const FIXED_32 = 5;

/** The fields of a message in their order. Throws `bad-model` where the bytes are no message. */
export function* readFields(bytes: Uint8Array): Generator<WireField, void, undefined> {
  const cursor: Cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const key = readVarint(cursor);
    if (key < 8 || key >= 2 ** 32) throw badModel(`a field with the key ${key}`, "ONNX");
    const number = key >>> 3;
    const wire = key & 7;
    if (wire === VARINT) yield { number, value: readVarint(cursor), bytes: undefined };
    else yield { number, value: 0, bytes: take(cursor, lengthOf(wire, cursor)) };
  }
}

/** Varints one after another, as packed fields hold them. Throws `bad-model`. */
export function* readVarints(bytes: Uint8Array): Generator<number, void, undefined> {
  const cursor: Cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) yield readVarint(cursor);
}

const utf8 = new TextDecoder();

export function readText(bytes: Uint8Array | undefined): string {
  return utf8.decode(bytes);
}

function lengthOf(wire: number, cursor: Cursor): number {
  if (wire === WITH_LENGTH) return readVarint(cursor);
  if (wire === FIXED_32) return 4;
  if (wire === FIXED_64) return 8;
  throw badModel(`a field of wire type ${wire}`, "ONNX");
}

function take(cursor: Cursor, length: number): Uint8Array {
  const left = cursor.bytes.length - cursor.at;
  if (length < 0 || length > left) throw badModel(`a field of ${length} bytes where ${left} are left`, "a whole file");
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

// Doubles cannot hold 64 bits: the lower 28 and the upper 36 are summed separately.
function readVarint(cursor: Cursor): number {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70 && cursor.at < cursor.bytes.length; shift += 7) {
    const byte = cursor.bytes[cursor.at++]!;
    if (shift < 28) low += (byte & 127) * 2 ** shift;
    else high += (byte & 127) * 2 ** (shift - 28);
    if (byte < 128 && high < 2 ** 36) return low + (high >= 2 ** 35 ? high - 2 ** 36 : high) * 2 ** 28;
  }
  throw badModel("a number that does not end", "ONNX, whole");
}
