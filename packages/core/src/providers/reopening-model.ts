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
  const { space, producer, modality, window, batchShape, cost, tokens } = model;
  const expected = { producer: producer.name, tokenSpace: tokens?.space.id };
  const reopening = new Reopening(model, (signal) => reopened(provider, { expected, signal, ...options }));
  const run = async <Answer>(work: ModelWork<Answer>, signal: AbortSignal) => {
    try {
      return await reopening.run(work, signal);
    } catch (error) {
      if (!isPipitError(error, "aborted")) options.onUnusable?.();
      throw error;
    }
  };
  return {
    space,
    producer,
    modality,
    window,
    batchShape,
    cost,
    run: (pieces, signal) => run((opened) => opened.run(pieces, signal), signal),
    tokens: tokens && {
      space: tokens.space,
      run: (pieces, form, signal) => run((opened) => opened.tokens!.run(pieces, form, signal), signal),
      ranges: tokens.ranges,
    },
    close: () => reopening.close(),
  };
}

type ModelWork<Answer> = (model: BatchModel) => Promise<Answer>;

class Reopening {
  #model: BatchModel | undefined;
  readonly #open: (signal: AbortSignal) => Promise<BatchModel>;
  #isClosed = false;

  constructor(model: BatchModel, open: (signal: AbortSignal) => Promise<BatchModel>) {
    this.#model = model;
    this.#open = open;
  }

  async run<Answer>(work: ModelWork<Answer>, signal: AbortSignal): Promise<Answer> {
    if (this.#model) {
      try {
        return await this.#runOn(this.#model, work);
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
    return this.#runOn(model, work);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#model?.close();
  }

  /** If the model itself fails, it is closed and dropped. An abort between its steps is no failure. */
  async #runOn<Answer>(model: BatchModel, work: ModelWork<Answer>): Promise<Answer> {
    try {
      return await work(model);
    } catch (error) {
      if (isPipitError(error, "aborted")) throw error;
      this.#model = undefined;
      // A lost device makes its release fail too.
      await model.close().catch(() => undefined);
      throw error instanceof PipitError ? error : failed(model, error);
    }
  }
}

/** Names of what the model that is opened again must compute. The lost model itself is not kept: it may hold a session's memory. */
interface Expected {
  readonly producer: string;
  /** The id; undefined for a model without token vectors. */
  readonly tokenSpace: string | undefined;
}

interface Reopened extends ReopeningOptions {
  readonly expected: Expected;
  readonly signal: AbortSignal;
}

async function reopened(
  provider: ProvenModel["provider"],
  { golden, expected, signal }: Reopened,
): Promise<BatchModel> {
  const { proven, skipped } = await provenModels([provider], golden, { signal });
  const [found] = proven;
  if (!found) throw skipped[0]!.error;
  const difference = differenceOf(found.model, expected);
  if (!difference) return found.model;
  await found.model.close();
  throw new PipitError("bad-model", {
    got: `${difference.got} after the model was opened again`,
    expected: difference.expected,
    do: "Load the model again; its files changed, or one is missing now.",
  });
}

/** Token vectors that the model did not have before are no difference: nobody asks for them. */
function differenceOf({ producer, tokens }: BatchModel, expected: Expected) {
  if (producer.name !== expected.producer) return { got: `the producer ${producer.name}`, expected: expected.producer };
  if (expected.tokenSpace !== undefined && tokens?.space.id !== expected.tokenSpace)
    return { got: `token vectors of space ${tokens?.space.id ?? "none"}`, expected: `space ${expected.tokenSpace}` };
  return undefined;
}

function failed({ producer }: BatchModel, cause: unknown): PipitError {
  return new PipitError("unsupported", {
    got: `"${cause instanceof Error ? cause.message : cause}" of ${producer.name}`,
    expected: "a device that computes it",
    do: "Call again, or load a model again: another backend may compute it. What was stored is there.",
    cause,
  });
}
