import { badModel } from "./bad-model.ts";
import { FLOAT_BYTES, type FloatFormat, floatsOf } from "./float-bytes.ts";
import { stateName } from "./state-name.ts";
import { type StoredTensor, sizeOf, type WeightSource, weightSource } from "./weight-source.ts";

const LENGTH_BYTES = 8;
const LONGEST_HEADER = 100_000_000; // the format's own bound

const FORMATS: ReadonlyMap<unknown, FloatFormat> = new Map([
  ["F32", "f32"],
  ["F16", "f16"],
  ["BF16", "bf16"],
] as const);

interface Entry {
  readonly name: string;
  readonly dtype: unknown;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Weights of a safetensors file: F32, F16 and BF16. Tensors of other types (position ids) are left out. Throws
 * `bad-model` of a file whose header and data do not fit together.
 */
export function readSafetensors(bytes: Uint8Array): WeightSource {
  const start = dataStart(bytes);
  const entries = readEntries(bytes.subarray(LENGTH_BYTES, start));
  assertFilled(entries, bytes.length - start);
  const tensors = new Map<string, StoredTensor>();
  for (const entry of entries) {
    const format = FORMATS.get(entry.dtype);
    if (!format) continue;
    const { dims } = entry;
    const data = bytes.subarray(start + entry.begin, start + entry.end);
    assertSize(entry, format);
    const name = stateName(entry.name);
    if (tensors.has(name)) throw badModel(`two tensors that are called ${name} without wrappers`, "one of each name");
    tensors.set(name, { dims, read: () => floatsOf(data, format) });
  }
  return weightSource(tensors);
}

function dataStart(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) throw badModel(`${bytes.length} bytes`, "a safetensors file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const fits = length <= LONGEST_HEADER && length <= bytes.length - LENGTH_BYTES;
  if (!fits) throw badModel(`a header of ${length} bytes in a file of ${bytes.length}`, "a header within the file");
  return LENGTH_BYTES + length;
}

function readEntries(header: Uint8Array): Entry[] {
  const parsed = parseHeader(header);
  if (!isRecord(parsed)) throw badModel("a header that is no object", "tensors by name");
  return Object.entries(parsed)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => readEntry(name, value));
}

function parseHeader(header: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch {
    throw badModel("a header that is not JSON", "a safetensors file");
  }
}

function readEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw badModel(`a header without shape or offsets of ${name}`, "both, in whole numbers");
  return { name, dtype, dims: shape, begin: offsets[0]!, end: offsets[1]! };
}

/** Each byte after the header belongs to one tensor, as the format demands. */
function assertFilled(entries: readonly Entry[], length: number): void {
  let at = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at || end < begin || end > length)
      throw badModel(`${name} at ${begin} to ${end}`, `a tensor from ${at} on that ends within ${length}`);
    at = end;
  }
  if (at !== length) throw badModel(`${length} bytes of data`, `the ${at} that the header names`);
}

function assertSize({ name, dims, begin, end }: Entry, format: FloatFormat): void {
  const expected = sizeOf(dims, name) * FLOAT_BYTES[format];
  if (end - begin === expected) return;
  throw badModel(`${end - begin} bytes of ${name} [${dims.join(", ")}]`, `${expected}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
