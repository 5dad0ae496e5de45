import { KernelMemory, memoryOf } from "../shared/kernel-memory.ts";
import { COLUMN_BYTES, type EncoderExports } from "./encoder-exports.ts";

/** A product whose results are known, in a memory of its own. */
export interface Probe {
  /** Microseconds that one product takes. */
  run(): number;
  /** Whether all results of the last run are right. */
  isRight(): boolean;
}

const ROWS = 6;
const DEPTH = 384;
const CHANNELS = 192;
const TIMES = 4;
const BYTES = 1 << 18;
const PAGES = 2;

/** 6 rows of codes by 24 panels. Throws the engine's own error for bytes that it cannot compile or run. */
export function openProbe(module: WebAssembly.Module): Probe {
  const wasm = memoryOf(PAGES, 2 * BYTES);
  const exports = new WebAssembly.Instance(module, { env: { memory: wasm } }).exports as unknown as EncoderExports;
  const codeBytes: number = exports.CODE_BYTES.value;
  const codes = exports.take(BYTES) >>> 0;
  const facts = codes + ROWS * DEPTH * codeBytes;
  const panels = facts + 64;
  const columns = panels + DEPTH * CHANNELS;
  const out = columns + CHANNELS * COLUMN_BYTES;
  const memory = new KernelMemory(wasm, exports);
  writeCodes(memory.bytes(codes, ROWS * DEPTH * codeBytes), codeBytes);
  for (let row = 0; row < ROWS; row++) memory.f32(facts, ROWS * 2).set([1, 0], row * 2);
  memory.bytes(panels, DEPTH * CHANNELS).forEach((_, i, weights) => {
    weights[i] = weightAt((i >> 2) & 7, i & 3);
  });
  for (let panel = 0; panel < CHANNELS / 8; panel++) {
    memory.f32(columns, CHANNELS * 3).fill(1, panel * 24, panel * 24 + 8);
  }
  return {
    run() {
      const start = performance.now();
      for (let i = 0; i < TIMES; i++) exports.multiply(codes, facts, ROWS, DEPTH, panels, columns, CHANNELS, out);
      return ((performance.now() - start) * 1000) / TIMES;
    },
    isRight: () => memory.f32(out, ROWS * CHANNELS).every((answer, i) => answer === answerAt(i)),
  };
}

function writeCodes(bytes: Uint8Array, codeBytes: number): void {
  const codes = codeBytes === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / codeBytes);
  for (let i = 0; i < codes.length; i++) codes[i] = codeAt(Math.floor(i / DEPTH), i % DEPTH);
}

// Extremes in the first two rows and channels, where a product of bytes would overflow first.
const codeAt = (row: number, at: number) => (row < 2 ? 127 : (row * 31 + (at & 3) * 7) % 128);
const weightAt = (channel: number, at: number) => [32, -32, 17 + at * 5, -11 - at * 7][channel & 3]!;

function answerAt(i: number): number {
  const [row, channel] = [Math.floor(i / CHANNELS), i % CHANNELS];
  let sum = 0;
  for (let at = 0; at < 4; at++) sum += codeAt(row, at) * weightAt(channel & 7, at);
  return (sum * DEPTH) / 4;
}
