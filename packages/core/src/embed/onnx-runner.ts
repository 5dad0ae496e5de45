import { PipitError } from "../errors.ts";
import type { TextModelSpec } from "../models/text-model.ts";
import type { HiddenStates } from "./mean-pool.ts";
import type { OnnxRuntime, OnnxSession, OnnxTensor } from "./onnx-runtime.ts";

export interface OnnxRunner {
  /** Runs rows of one length; `read` sees the hidden states before their memory goes back to the runtime. */
  run(rows: readonly (readonly number[])[], read: (hidden: HiddenStates) => void): Promise<void>;
}

type Tensors = Readonly<Record<string, OnnxTensor>>;

/** Makes the runner of a session. Only this function uses the encoder's inputs and output by name. */
export function createRunner(runtime: OnnxRuntime, session: OnnxSession, spec: TextModelSpec): OnnxRunner {
  return {
    async run(rows, read) {
      const inputs = feeds(runtime, session, rows);
      let outputs: Tensors = {};
      try {
        outputs = await session.run(inputs);
        read(hiddenStates(outputs, rows, spec));
      } finally {
        disposeAll(inputs);
        disposeAll(outputs);
      }
    },
  };
}

function feeds(runtime: OnnxRuntime, session: OnnxSession, rows: readonly (readonly number[])[]): Tensors {
  const tokens = rows[0]!.length;
  const ids = new BigInt64Array(rows.length * tokens);
  rows.forEach((row, r) => {
    for (let t = 0; t < tokens; t++) ids[r * tokens + t] = BigInt(row[t]!);
  });
  const tensor = (data: BigInt64Array) => new runtime.Tensor("int64", data, [rows.length, tokens]);
  const known: Record<string, () => OnnxTensor> = {
    input_ids: () => tensor(ids),
    attention_mask: () => tensor(new BigInt64Array(ids.length).fill(1n)),
    token_type_ids: () => tensor(new BigInt64Array(ids.length)),
  };
  return Object.fromEntries(session.inputNames.map((name) => [name, (known[name] ?? unknownInput(name))()]));
}

function unknownInput(name: string): never {
  throw new PipitError("bad-model", {
    got: `a model that asks for the input ${name}`,
    expected: "a text encoder with input_ids, attention_mask and token_type_ids",
    do: "Use the model's feature-extraction export.",
  });
}

function hiddenStates(outputs: Tensors, rows: readonly (readonly number[])[], spec: TextModelSpec): HiddenStates {
  const hidden = outputs.last_hidden_state;
  const expected = [rows.length, rows[0]!.length, spec.space.dimensions] as const;
  if (hidden?.data instanceof Float32Array && String(hidden.dims) === String(expected)) {
    return { data: hidden.data, rows: expected[0], tokens: expected[1], dimensions: expected[2] };
  }
  throw new PipitError("bad-model", {
    got: hidden ? `last_hidden_state of shape [${hidden.dims}]` : `the outputs ${Object.keys(outputs).join(", ")}`,
    expected: `last_hidden_state, float32 [${expected}]`,
    do: "Use the export that belongs to the model's registry entry.",
  });
}

function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
