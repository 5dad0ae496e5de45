import { badInput, LimitError } from "../bad-input.ts";
import { PipitError } from "../errors.ts";
import type { Embedder, PicturePiece } from "../ports/embedder.ts";
import type { ModelLogits } from "../ports/model-logits.ts";
import { labelProbabilities } from "../search/label-probabilities.ts";

export interface ClassifyOptions {
  /** The model's own: `ClipModel.logits`. */
  readonly logits: ModelLogits;
  /** The text that is compared for a label. Default: "a photo of a LABEL.", as CLIP was trained to read. */
  readonly prompt?: ((label: string) => string) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LabelProbability {
  readonly label: string;
  /** 0 to 1, by the rule of the model's logits. */
  readonly probability: number;
}

const MOST_LABELS = 10_000;

/**
 * Names what a picture shows, of labels in plain words that the model was never trained for (zero-shot classification). The most probable
 * label comes first. Fails with `bad-input` without labels, for labels that are no texts or occur twice, and for an embedder that does not
 * read texts and pictures; and as `Embedder.embed` does.
 */
export async function classifyPicture(
  embedder: Embedder,
  picture: PicturePiece,
  labels: readonly string[],
  { logits, prompt = (label) => `a photo of a ${label}.`, signal }: ClassifyOptions,
): Promise<LabelProbability[]> {
  assertLabels(labels);
  assertReadsBoth(embedder);
  const texts = labels.map((label) => ({ modality: "text", text: prompt(label) }) as const);
  const vectors = await embedder.embed([picture, ...texts], { signal });
  const { dimensions } = embedder.space;
  const probabilities = labelProbabilities(vectors.subarray(0, dimensions), vectors.subarray(dimensions), logits);
  return labels
    .map((label, at) => ({ label, probability: probabilities[at]! }))
    .sort((a, b) => b.probability - a.probability);
}

function assertLabels(labels: readonly string[]): void {
  if (!Array.isArray(labels) || labels.length === 0) {
    throw badInput(labels, "a list of labels", "Name what the picture may show.");
  }
  if (labels.length > MOST_LABELS) {
    throw new LimitError(`${labels.length} labels`, `at most ${MOST_LABELS}`, "Ask in several calls, or search.");
  }
  const wrong = labels.find((label) => typeof label !== "string" || label.trim() === "");
  if (wrong !== undefined) throw badInput(wrong, "labels with letters", "Leave it out.");
  const twice = new Set(labels).size < labels.length && labels.find((label, at) => labels.indexOf(label) !== at);
  if (typeof twice === "string") throw badInput(twice, "each label once", "Leave one of them out.");
}

function assertReadsBoth({ space, reads = ["text"] }: Embedder): void {
  if (reads.includes("text") && reads.includes("picture")) return;
  throw new PipitError("bad-input", {
    got: `an embedder of ${space.name} that reads ${reads.join(" and ")}`,
    expected: "one that reads texts and pictures",
    do: "Join both encoders of the model with joinEmbedders.",
  });
}
