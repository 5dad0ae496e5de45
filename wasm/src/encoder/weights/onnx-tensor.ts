import { badModel } from "./bad-model.ts";
import { brainFloatOf, FLOAT_BYTES, type FloatFormat, floatsOf, halfOf } from "./float-bytes.ts";
import { readFields, readText, readVarints, type WireField } from "./protobuf.ts";
import { type StoredTensor, sizeOf } from "./weight-source.ts";

/** A tensor of an ONNX file; integers are read as f32 too. */
export interface OnnxTensor extends StoredTensor {
  readonly name: string;
  /** False of integers, which are codes or shapes and no weights by themselves. */
  readonly isFloat: boolean;
}

// Field numbers of TensorProto, and its types, in onnx.proto.
const DIMS = 1;
const DATA_TYPE = 2;
const FLOAT_DATA = 4;
const INT32_DATA = 5;
const INT64_DATA = 7;
const NAME = 8;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;
const DATA_LOCATION = 14;
const EXTERNAL = 1;
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;
const INT64 = 7;
const FLOAT16 = 10;
const BFLOAT16 = 16;
const MOST_DIMS = 64; // far beyond any model's: what is longer is no shape
const FLOATS: ReadonlyMap<number, FloatFormat> = new Map([
  [1, "f32"],
  [FLOAT16, "f16"],
  [11, "f64"],
  [BFLOAT16, "bf16"],
] as const);
const INTEGER_BYTES: ReadonlyMap<number, number> = new Map([
  [UINT8, 1],
  [INT8, 1],
  [INT32, 4],
  [INT64, 8],
]);

interface Parts {
  name: string;
  type: number;
  location: number;
  readonly dims: number[];
  raw: Uint8Array | undefined;
  /** float_data or double_data, as bytes. */
  floats: Uint8Array[];
  /** int32_data or int64_data. Halves lie here too, as their bits. */
  integers: WireField[];
}

/** Reads a TensorProto. Throws `bad-model` when its data lie in another file or are not as many as its shape says. */
export function readTensor(bytes: Uint8Array): OnnxTensor {
  const parts: Parts = { name: "", type: 0, location: 0, dims: [], raw: undefined, floats: [], integers: [] };
  for (const field of readFields(bytes)) addField(parts, field);
  if (parts.location === EXTERNAL) throw badModel(`${parts.name} whose values lie in a file beside`, "one file");
  if (parts.raw) assertBytes(parts, parts.raw.length);
  const { name, dims, type } = parts;
  return { name, dims, isFloat: FLOATS.has(type), read: () => valuesOf(parts) };
}

function addField(parts: Parts, field: WireField): void {
  const { number, value, bytes } = field;
  if (number === DIMS) addDims(parts.dims, field);
  else if (number === DATA_TYPE) parts.type = value;
  else if (number === NAME) parts.name = readText(bytes);
  else if (number === RAW_DATA) parts.raw = bytes;
  else if (number === DATA_LOCATION) parts.location = value;
  else if ((number === FLOAT_DATA || number === DOUBLE_DATA) && bytes) parts.floats.push(bytes);
  else if (number === INT32_DATA || number === INT64_DATA) parts.integers.push(field);
}

function addDims(dims: number[], field: WireField): void {
  for (const dim of integersOf(field)) {
    if (dims.length === MOST_DIMS) throw badModel("a tensor of many dimensions", `${MOST_DIMS} at most`);
    dims.push(dim);
  }
}

function valuesOf(parts: Parts): Float32Array<ArrayBuffer> {
  const { name, type, raw, dims } = parts;
  const format = FLOATS.get(type);
  if (!format && !INTEGER_BYTES.has(type)) throw badModel(`${name} of ONNX's type ${type}`, "floats or integers");
  if (parts.integers.length > 0 && !raw) return typedIntegers(parts);
  const data = raw ?? joined(parts.floats);
  assertBytes(parts, data.length);
  if (format) return floatsOf(data, format);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(sizeOf(dims, name));
  for (let i = 0; i < values.length; i++) values[i] = integerAt(view, type, i);
  return values;
}

function integerAt(view: DataView, type: number, i: number): number {
  if (type === UINT8) return view.getUint8(i);
  if (type === INT8) return view.getInt8(i);
  if (type === INT32) return view.getInt32(i * 4, true);
  return Number(view.getBigInt64(i * 8, true));
}

function typedIntegers({ integers, name, type, dims }: Parts): Float32Array<ArrayBuffer> {
  const size = sizeOf(dims, name);
  // Each value takes a byte or more, so that no more memory is taken than the bytes can fill.
  const most = integers.reduce((sum, { bytes }) => sum + (bytes?.length ?? 1), 0);
  if (most < size) throw badModel(`${most} values of ${name} at most`, `${size}`);
  const values = new Float32Array(size);
  let count = 0;
  for (const field of integers) for (const value of integersOf(field)) values[count++] = floatOf(value, type);
  if (count !== size) throw badModel(`${count} values of ${name}`, `${size}`);
  return values;
}

function floatOf(integer: number, type: number): number {
  if (type === FLOAT16) return halfOf(integer);
  return type === BFLOAT16 ? brainFloatOf(integer) : integer;
}

function assertBytes({ name, dims, type }: Parts, length: number): void {
  const format = FLOATS.get(type);
  const width = format ? FLOAT_BYTES[format] : INTEGER_BYTES.get(type);
  if (width === undefined) return;
  const expected = sizeOf(dims, name) * width;
  if (length !== expected) throw badModel(`${length} bytes of ${name} [${dims.join(", ")}]`, `${expected}`);
}

function integersOf({ value, bytes }: WireField): Iterable<number> {
  return bytes ? readVarints(bytes) : [value];
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
