/**
 * Measures which texts may share a run without changing each other's bits. Prints, per runtime and variant, how far a text's hidden
 * states move when it is padded and when it shares a run with others of its length.
 *   node --conditions=pipit-source test/runtimes/node/measure-sharing.ts
 */
import type { OnnxRuntime, OnnxSession } from "@pipit/core";
import * as native from "onnxruntime-node";
import * as wasm from "onnxruntime-web/wasm";
import { minilmFiles, minilmFolder, referenceTexts } from "../../fixtures/minilm.ts";

type Row = readonly number[];

interface Device {
  readonly runtime: OnnxRuntime;
  readonly session: OnnxSession;
}

async function run({ runtime, session }: Device, rows: readonly Row[], tokens: number): Promise<Float32Array> {
  const fill = (value: (row: Row, t: number) => number) =>
    new runtime.Tensor(
      "int64",
      BigInt64Array.from(rows.flatMap((row) => Array.from({ length: tokens }, (_, t) => BigInt(value(row, t))))),
      [rows.length, tokens],
    );
  const outputs = await session.run({
    input_ids: fill((row, t) => row[t] ?? 0),
    attention_mask: fill((row, t) => (t < row.length ? 1 : 0)),
    token_type_ids: fill(() => 0),
  });
  return outputs.last_hidden_state?.data as Float32Array;
}

function farthest(a: Float32Array, b: Float32Array, length: number): number {
  let most = 0;
  for (let i = 0; i < length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

async function measure(name: string, device: Device, rows: readonly Row[]): Promise<void> {
  const moved = { padded: 0, shared: 0 };
  for (const [i, row] of rows.entries()) {
    const alone = await run(device, [row], row.length);
    for (const padding of [1, 3, 16]) {
      const padded = await run(device, [row], row.length + padding);
      moved.padded = Math.max(moved.padded, farthest(padded, alone, alone.length));
    }
    for (const count of [2, 3, 8, 16]) {
      const others = Array.from({ length: count - 1 }, (_, k) =>
        row.map((_, t) => rows[(i + k + 1) % rows.length]![t] ?? 1996),
      );
      const shared = await run(device, [row, ...others], row.length);
      moved.shared = Math.max(moved.shared, farthest(shared, alone, alone.length));
    }
  }
  console.log(
    `${name}: padded ${moved.padded.toExponential(1)}, shared at one length ${moved.shared.toExponential(1)}`,
  );
}

if (!minilmFolder) throw new Error("this measurement needs the real weights");
wasm.env.wasm.numThreads = 1;
const lengths = new Map(referenceTexts(minilmFolder).map(({ ids }) => [ids.length, ids]));
const rows = [...lengths.values()].sort((a, b) => a.length - b.length);
for (const variant of ["fp32", "q8"] as const) {
  const { weights } = minilmFiles(minilmFolder, variant);
  const runtimes: [string, OnnxRuntime, Row[]][] = [
    ["native", native, rows],
    ["WASM", wasm, rows.filter(({ length }) => length < 30)],
  ];
  for (const [name, runtime, chosen] of runtimes) {
    const session = await runtime.InferenceSession.create(weights, { intraOpNumThreads: 1 });
    await measure(
      `${name} ${variant}, ${chosen.length} lengths to ${chosen.at(-1)?.length}`,
      { runtime, session },
      chosen,
    );
    await session.release();
  }
}
