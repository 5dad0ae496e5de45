import { PipitError } from "../errors.ts";
import type { TextModelSpec } from "../models/text-model.ts";
import type { HiddenStates } from "./mean-pool.ts";
import type { OnnxRuntime, OnnxSession, OnnxTensor } from "./onnx-runtime.ts";
import { floatsOf, runSession, type Tensors } from "./onnx-session.ts";

export interface OnnxRunner {
  /** Runs rows of one length; `read` sees the hidden states before their memory goes back to the runtime. */
  run(rows: readonly (readonly number[])[], read: (hidden: HiddenStates) => void): Promise<void>;
}

/** Makes the runner of a session. Only this file uses the encoder's inputs and outputs by name. */
export function createRunner(runtime: OnnxRuntime, session: OnnxSession, spec: TextModelSpec): OnnxRunner {
  return {
    run: (rows, read) =>
      runSession(session, feeds(runtime, session, rows), (outputs) => read(hiddenStates(outputs, rows, spec))),
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

/** What the model pooled itself counts as the state of one token. */
function hiddenStates(outputs: Tensors, rows: readonly (readonly number[])[], spec: TextModelSpec): HiddenStates {
  const { dimensions } = spec.space;
  const count = rows.length;
  if (typeof spec.pooling === "object") {
    return { data: floatsOf(outputs, spec.pooling.output, [count, dimensions]), rows: count, tokens: 1, dimensions };
  }
  const tokens = rows[0]!.length;
  return { data: floatsOf(outputs, "last_hidden_state", [count, tokens, dimensions]), rows: count, tokens, dimensions };
}
