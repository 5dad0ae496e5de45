import { type Neighbors, PipitError } from "@pipit/core";
import { type CurvePoint, type EfCurve, WIDEST_EF } from "./ef-curve.ts";
import type { SampledQuery } from "./sampled-query.ts";
import { ByteReader, ByteWriter, fold } from "./section-bytes.ts";

/**
 * A truth sample as bytes, little-endian, packed:
 *
 *   u32 "PIPT" | u32 version | u32 checksum of all that follows | u32 dimensions, size, depth, random state
 *   f64 drift | f64 queries seen | f64 scans made | u32 asked queries | u32 stand-ins | u32 points of the curve
 *   each query: u32 row (0 for an asked one) | u32 neighbours, NO_TRUTH for none | f64 scan number | f64 rows added since
 *               f32 query[dimensions] | u32 rows | f32 distances
 *   the curve, where it has points: u32 k | f64 count | u32 exhausted | each point: f64 ef, recall, median, p99
 */
export interface SampleState {
  readonly dimensions: number;
  /** Queries kept at most. */
  readonly size: number;
  /** Neighbours kept for each. */
  readonly depth: number;
  readonly random: number;
  /** Share of the set that may be added before a truth is stale. */
  readonly drift: number;
  /** Queries observed so far. */
  readonly seen: number;
  /** Scans made so far. */
  readonly scans: number;
  readonly asked: readonly SampledQuery[];
  readonly standIns: readonly SampledQuery[];
}

export interface TruthState extends SampleState {
  readonly curve: EfCurve | undefined;
}

export const MOST_QUERIES = 4096;
export const DEEPEST = 1000;
const MAGIC = 0x54504950;
const VERSION = 1;
const NO_TRUTH = 0xffffffff;

export function writeTruth(state: TruthState): Uint8Array<ArrayBuffer> {
  const body = new ByteWriter();
  body.u32(state.dimensions, state.size, state.depth, state.random);
  body.f64(state.drift, state.seen, state.scans);
  body.u32(state.asked.length, state.standIns.length, state.curve?.points.length ?? 0);
  for (const sampled of [...state.asked, ...state.standIns]) writeQuery(body, sampled);
  if (state.curve) writeCurve(body, state.curve);
  const content = body.bytes();
  const head = new ByteWriter();
  head.u32(MAGIC, VERSION, fold(content));
  return head.bytes(content);
}

/** Fails with `bad-snapshot` on anything torn, foreign, of another version or that no sample could have written. */
export function readTruth(bytes: Uint8Array, dimensions: number): TruthState {
  const reader = new ByteReader(bytes, badTruth);
  if (reader.u32() !== MAGIC) throw badTruth("data that does not begin with PIPT", "a truth sample");
  const version = reader.u32();
  if (version !== VERSION) throw badTruth(`v${version}`, `v${VERSION}`);
  if (reader.u32() !== fold(reader.rest())) throw badTruth("a checksum that differs", "the one written");
  const width = reader.u32();
  if (width !== dimensions) throw badTruth(`queries of ${width} values`, `${dimensions}`);
  const shape = { dimensions, size: within(reader, 1, MOST_QUERIES), depth: within(reader, 1, DEEPEST) };
  const state = { ...shape, random: reader.u32(), drift: share(reader), seen: whole(reader), scans: whole(reader) };
  const [asked, standIns, points] = [reader.u32(), reader.u32(), reader.u32()];
  if (asked !== Math.min(state.size, state.seen)) throw badTruth(`${asked} queries`, `those of ${state.seen} seen`);
  if (standIns > state.size - asked) throw badTruth(`${standIns} stand-ins`, `at most ${state.size - asked}`);
  const queries = Array.from({ length: asked + standIns }, (_, i) => readQuery(reader, state, i >= asked));
  const curve = points === 0 ? undefined : readCurve(reader, points);
  if (reader.rest().length > 0) throw badTruth("bytes after the end", "none");
  return { ...state, asked: queries.slice(0, asked), standIns: queries.slice(asked), curve };
}

function writeQuery(to: ByteWriter, { query, row, truth, scan, added }: SampledQuery): void {
  to.u32(row ?? 0, truth?.rows.length ?? NO_TRUTH);
  to.f64(scan, added);
  to.floats(query);
  if (!truth) return;
  to.u32(...truth.rows);
  to.floats(truth.distances);
}

type Scope = Pick<TruthState, "dimensions" | "depth" | "scans">;

function readQuery(reader: ByteReader, scope: Scope, isStandIn: boolean): SampledQuery {
  const [row, found] = [reader.u32(), reader.u32()];
  if (!isStandIn && row !== 0) throw badTruth(`an asked query of row ${row}`, "row 0 for it");
  const [scan, added] = [whole(reader), whole(reader)];
  if (scan > scope.scans) throw badTruth(`scan ${scan}`, `one of ${scope.scans}`);
  const query = reader.floats(scope.dimensions);
  if (!isDirection(query)) throw badTruth("a query without direction", "finite values, not all zero");
  const truth = found === NO_TRUTH ? undefined : readNeighbors(reader, found, scope.depth);
  return { query, row: isStandIn ? row : undefined, truth, scan, added };
}

function readNeighbors(reader: ByteReader, found: number, depth: number): Neighbors {
  if (found > depth) throw badTruth(`${found} neighbours`, `at most ${depth}`);
  const rows = Uint32Array.from({ length: found }, () => reader.u32());
  const distances = reader.floats(found);
  if (new Set(rows).size !== found) throw badTruth("a neighbour twice", "each row once");
  // The range of distances depends on the metric, which is not known here.
  const isRanked = distances.every((distance, i) => Number.isFinite(distance) && !(distance < distances[i - 1]!));
  if (!isRanked) throw badTruth("distances that do not rise", "the nearest first");
  return { rows, distances };
}

function writeCurve(to: ByteWriter, { k, count, exhausted, points }: EfCurve): void {
  to.u32(k);
  to.f64(count);
  to.u32(exhausted ? 1 : 0);
  for (const { ef, recall, median, p99 } of points) to.f64(ef, recall, median, p99);
}

function readCurve(reader: ByteReader, length: number): EfCurve {
  const [k, count, exhausted] = [within(reader, 1, DEEPEST), whole(reader), within(reader, 0, 1) === 1];
  const points: CurvePoint[] = [];
  for (let i = 0; i < length; i++) points.push(readPoint(reader, points.at(-1)?.ef ?? k - 1));
  return { k, count, exhausted, points };
}

function readPoint(reader: ByteReader, after: number): CurvePoint {
  const [ef, recall, median, p99] = [reader.f64(), share(reader), reader.f64(), reader.f64()];
  if (!(Number.isInteger(ef) && ef > after && ef <= WIDEST_EF))
    throw badTruth(`ef ${ef}`, `a whole one above ${after}`);
  const isTime = median >= 0 && median <= p99 && p99 < Number.POSITIVE_INFINITY;
  if (!isTime) throw badTruth(`times of ${median} and ${p99} ms`, "a median and a p99 at least as long");
  return { ef, recall, median, p99 };
}

function within(reader: ByteReader, least: number, most: number): number {
  const value = reader.u32();
  if (value >= least && value <= most) return value;
  throw badTruth(`${value}`, `${least} to ${most}`);
}

function whole(reader: ByteReader): number {
  const value = reader.f64();
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw badTruth(`a count of ${value}`, "a whole number from 0");
}

function share(reader: ByteReader): number {
  const value = reader.f64();
  if (value >= 0 && value <= 1) return value;
  throw badTruth(`a share of ${value}`, "0 to 1");
}

function isDirection(query: Float32Array): boolean {
  return query.every(Number.isFinite) && query.some((value) => value !== 0);
}

function badTruth(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Begin a new sample; searches fill it again." });
}
