import { PipitError } from "@pipit/core";
import { checkedOneOf, checkedPositiveShare, checkedWhole } from "../../shared/option-check.ts";
import { FOUR_GIB, HELD_RECALL, METRICS, type Metric, SEEDS } from "../options.ts";
import type { Clock } from "../truth/search-times.ts";
import type { CodeKind, ExactShape, OriginalKind } from "./exact-kernel.ts";
import type { Quantizer, QuantizerKind } from "./quantizer.ts";

export type ExactFormat = "f32" | "f16" | "int8" | "bit";

export interface ExactOptions {
  /**
   * How vectors are kept: 4 or 2 bytes a dimension, one byte, or one bit. The last two are coded once `calibrateAt` rows
   * are there to calibrate by; until then the index keeps f32 and answers exactly. Default f32.
   */
  readonly format?: ExactFormat | undefined;
  /**
   * Distances are 1 - inner product, 1 - cosine (vectors are normalised on entry), or the squared Euclidean one. Under
   * all three a vector of no length is refused. Default inner product.
   */
  readonly metric?: Metric | undefined;
  /** With f32 and f16: codes that choose candidates, which are then ranked by the vectors themselves. */
  readonly firstPass?: QuantizerKind | undefined;
  /**
   * Recall that searches with a first pass are held to: above 0 to 1, default .99. The index measures on truth that it
   * keeps how many candidates reach it, and measures every vector until it knows, or where no number of them does.
   */
  readonly recall?: number | undefined;
  /** Candidates of the first pass for each neighbour asked for, in place of a recall. 1 to 10,000. */
  readonly rerank?: number | undefined;
  /** Rows by which codes are calibrated. 16 to 65,536; default 1,024, with pq 4,096. */
  readonly calibrateAt?: number | undefined;
  /** Numbers made before, in place of calibrating. */
  readonly quantizer?: Quantizer | undefined;
  /** Product codes start from points drawn by it. */
  readonly seed?: number | undefined;
  /** The most memory of the index; beyond it `add` fails with `storage-full`. Default 4 GiB, the address space of 32 bits. */
  readonly maxBytes?: number | undefined;
  /** The clock that times searches while ef is measured; default `performance.now()`. */
  readonly clock?: Clock | undefined;
}

export interface ExactPlan {
  readonly name: string;
  readonly metric: Metric;
  /** Undefined when rows are kept as they are. */
  readonly codes: QuantizerKind | undefined;
  /** The originals that are kept beside codes. */
  readonly originals: OriginalKind;
  /** The form of rows while there are no codes yet. */
  readonly collected: "f32" | "f16";
  readonly rerank: number | undefined;
  readonly recall: number;
  readonly calibrateAt: number;
  readonly quantizer: Quantizer | undefined;
  readonly seed: number;
  readonly maxBytes: number;
  readonly clock: Clock;
}

const SMALLEST_MEMORY = 2 ** 21;

/** Fills in defaults. Throws `bad-input` for options that no index can have. */
export function planOf(options: ExactOptions): ExactPlan {
  const { format = "f32", metric = "inner-product", firstPass, quantizer } = options;
  checkedOneOf("format", format, ["f32", "f16", "int8", "bit"]);
  checkedOneOf("metric", metric, METRICS);
  if (firstPass !== undefined) checkedOneOf("firstPass", firstPass, ["int8", "bit", "pq"]);
  const isWhole = format === "f32" || format === "f16";
  if (firstPass !== undefined && !isWhole) throw refused(`format ${format} with a first pass`, "f32 or f16 with it");
  const codes: Exclude<CodeKind, "none"> | undefined = isWhole ? firstPass : format;
  if (quantizer) assertQuantizer(quantizer, { codes, metric });
  return {
    name: firstPass === undefined ? `exact-${format}` : `exact-${format}-after-${firstPass}`,
    metric,
    codes,
    originals: isWhole ? format : "none",
    collected: isWhole ? format : "f32",
    rerank: options.rerank === undefined ? undefined : checkedWhole("rerank", options.rerank, [1, 10_000]),
    recall: checkedPositiveShare("recall", options.recall ?? HELD_RECALL),
    calibrateAt: checkedWhole("calibrateAt", options.calibrateAt ?? (codes === "pq" ? 4096 : 1024), [16, 65_536]),
    quantizer,
    seed: checkedWhole("seed", options.seed ?? 1, SEEDS),
    maxBytes: checkedWhole("maxBytes", options.maxBytes ?? FOUR_GIB, [SMALLEST_MEMORY, FOUR_GIB]),
    clock: options.clock ?? (() => performance.now()),
  };
}

export function collectedShape({ metric, collected }: ExactPlan, dimensions: number): ExactShape {
  return { dimensions, metric, codes: "none", originals: collected };
}

export function codedShape({ metric, codes, originals }: ExactPlan, dimensions: number): ExactShape {
  return { dimensions, metric, codes: codes ?? "none", originals };
}

/** Throws `bad-input` when the plan's quantizer, if it has one, is for other dimensions. */
export function assertQuantizerFits({ quantizer }: ExactPlan, dimensions: number): void {
  if (!quantizer || quantizer.dimensions === dimensions) return;
  throw refused(`a quantizer for ${quantizer.dimensions} dimensions`, `one for ${dimensions}`);
}

function assertQuantizer(quantizer: Quantizer, { codes, metric }: { codes: string | undefined; metric: Metric }): void {
  if (quantizer.kind !== codes) throw refused(`a quantizer for ${quantizer.kind}`, `one for ${codes ?? "no codes"}`);
  if (quantizer.metric !== metric) throw refused(`a quantizer for ${quantizer.metric}`, `one for ${metric}`);
}

function refused(got: string, expected: string): PipitError {
  return new PipitError("bad-input", { got, expected, do: "Pass other options; nothing was changed." });
}
