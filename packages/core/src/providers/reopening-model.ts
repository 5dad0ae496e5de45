import { closedError } from "../closed-error.ts";
import type { BatchModel } from "../embed/batch-model.ts";
import { isPipitError, PipitError, throwIfAborted } from "../errors.ts";
import type { Golden } from "../models/golden-vectors.ts";
import { type ProvenModel, provenModels } from "./proven-models.ts";

export interface ReopeningOptions {
  readonly golden: Golden;
  /** Called when a run failed and the provider could not compute the model again. The next run tries once more. */
  readonly onUnusable?: (() => void) | undefined;
}

/**
 * A proven model that its provider opens and proves again when a run fails. A GPU can be lost at any time: by a reset of its driver, or
 * a crash of the browser's GPU process. ONNX Runtime's session is useless then. Its second run would never return and block the whole
 * worker (onnxruntime-web 1.30), so it is released after the first failure, before anything else runs on it.
 *
 * Runs must not overlap. A run fails as the provider's opening and its proof do, and with `unsupported` if it fails after them too.
 */
export function reopeningModel({ provider, model }: ProvenModel, options: ReopeningOptions): BatchModel {
  const { space, producer, window, batchShape } = model;
  const reopening = new Reopening(model, (signal) => reopened(provider, { producer, signal, ...options }));
  return {
    space,
    producer,
    window,
    batchShape,
    run: async (texts, signal) => {
      try {
        return await reopening.run(texts, signal);
      } catch (error) {
        if (!isPipitError(error, "aborted")) options.onUnusable?.();
        throw error;
      }
    },
    close: () => reopening.close(),
  };
}

class Reopening {
  #model: BatchModel | undefined;
  readonly #open: (signal: AbortSignal) => Promise<BatchModel>;
  #isClosed = false;

  constructor(model: BatchModel, open: (signal: AbortSignal) => Promise<BatchModel>) {
    this.#model = model;
    this.#open = open;
  }

  async run(texts: readonly string[], signal: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    if (this.#model) {
      try {
        return await this.#runOn(this.#model, texts, signal);
      } catch (error) {
        if (this.#model || this.#isClosed) throw error;
      }
    }
    throwIfAborted(signal);
    const model = await this.#open(signal);
    if (this.#isClosed) {
      await model.close();
      throw closedError("embedder");
    }
    this.#model = model;
    return this.#runOn(model, texts, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#model?.close();
  }

  /** If the model itself fails, it is closed and dropped. An abort between its steps is no failure. */
  async #runOn(model: BatchModel, texts: readonly string[], signal: AbortSignal) {
    try {
      return await model.run(texts, signal);
    } catch (error) {
      if (isPipitError(error, "aborted")) throw error;
      this.#model = undefined;
      // A lost device makes its release fail too.
      await model.close().catch(() => undefined);
      throw error instanceof PipitError ? error : failed(model, error);
    }
  }
}

interface Reopened extends ReopeningOptions {
  readonly producer: BatchModel["producer"];
  readonly signal: AbortSignal;
}

async function reopened(
  provider: ProvenModel["provider"],
  { golden, producer, signal }: Reopened,
): Promise<BatchModel> {
  const { proven, skipped } = await provenModels([provider], golden, { signal });
  const [found] = proven;
  if (!found) throw skipped[0]!.error;
  if (found.model.producer.name === producer.name) return found.model;
  await found.model.close();
  throw new PipitError("bad-model", {
    got: `the producer ${found.model.producer.name} after the model was opened again`,
    expected: producer.name,
    do: "Load the model again; its files changed.",
  });
}

function failed({ producer }: BatchModel, cause: unknown): PipitError {
  return new PipitError("unsupported", {
    got: `"${cause instanceof Error ? cause.message : cause}" of ${producer.name}`,
    expected: "a device that computes it",
    do: "Call again, or load a model again: another backend may compute it. What was stored is there.",
    cause,
  });
}
