/**
 * Product codes: of each run of eight dimensions the number of the nearest of 256 centroids. A query makes a table of its
 * distance to every centroid of every run; a slot's distance is the sum of the entries of its codes.
 *
 * Training is Lloyd's k-means from given starting points, each run by itself: the same sample gives the same centroids.
 */
import { CENTROIDS, SUBSPACE, isSquared, subspaces } from "./layout";
import { codeAt } from "./arena";
import { quantizer } from "./quantizer";
import { four } from "../shared/lanes";
import { padded } from "./vector";
import { allocate } from "../shared/memory";

const SUBSPACE_BYTES: u32 = SUBSPACE * CENTROIDS * 4;
const TABLE_BYTES: u32 = CENTROIDS * 4;

let squares: usize = 0;
let tables: usize = 0;
let totals: usize = 0;
let members: usize = 0;

export function makeProductRoom(): bool {
  squares = allocate(<u64>subspaces * TABLE_BYTES);
  tables = allocate(<u64>subspaces * TABLE_BYTES);
  totals = allocate(SUBSPACE_BYTES);
  members = allocate(TABLE_BYTES);
  return squares != 0 && tables != 0 && totals != 0 && members != 0;
}

@inline
function centroidsOf(subspace: u32): usize {
  return quantizer + subspace * SUBSPACE_BYTES;
}

/** Computes half the squared length of each centroid, after the quantizer is written. */
export function squareCentroids(): void {
  for (let subspace: u32 = 0; subspace < subspaces; subspace++) squareOne(subspace);
}

function squareOne(subspace: u32): void {
  const centroids = centroidsOf(subspace);
  const target = squares + subspace * TABLE_BYTES;
  for (let at: u32 = 0; at < TABLE_BYTES; at += 16) {
    let sum = f32x4.splat(0);
    for (let i: u32 = 0; i < SUBSPACE; i++) {
      const value = v128.load(centroids + i * TABLE_BYTES + at);
      sum = f32x4.add(sum, f32x4.mul(value, value));
    }
    v128.store(target + at, f32x4.mul(sum, f32x4.splat(0.5)));
  }
}

export function keepProduct(slot: u32): void {
  const target = codeAt(slot);
  for (let subspace: u32 = 0; subspace < subspaces; subspace++) {
    store<u8>(target + subspace, <u8>nearestCentroid(subspace, padded + subspace * SUBSPACE * 4));
  }
}

/** The first of the nearest: half the squared distance, less half the point's square, is least. */
function nearestCentroid(subspace: u32, point: usize): u32 {
  const centroids = centroidsOf(subspace);
  const halves = squares + subspace * TABLE_BYTES;
  const x0 = v128.load_splat<f32>(point), x1 = v128.load_splat<f32>(point, 4);
  const x2 = v128.load_splat<f32>(point, 8), x3 = v128.load_splat<f32>(point, 12);
  const x4 = v128.load_splat<f32>(point, 16), x5 = v128.load_splat<f32>(point, 20);
  const x6 = v128.load_splat<f32>(point, 24), x7 = v128.load_splat<f32>(point, 28);
  let least = f32x4.splat(Infinity), places = i32x4.splat(0);
  let here = i32x4(0, 1, 2, 3);
  const stride = i32x4.splat(4);
  for (let at: u32 = 0; at < TABLE_BYTES; at += 16) {
    const from = centroids + at;
    let sum = f32x4.sub(v128.load(halves + at), f32x4.mul(x0, v128.load(from)));
    let other = f32x4.mul(x1, v128.load(from, TABLE_BYTES));
    sum = f32x4.sub(sum, f32x4.mul(x2, v128.load(from, 2 * TABLE_BYTES)));
    other = f32x4.add(other, f32x4.mul(x3, v128.load(from, 3 * TABLE_BYTES)));
    sum = f32x4.sub(sum, f32x4.mul(x4, v128.load(from, 4 * TABLE_BYTES)));
    other = f32x4.add(other, f32x4.mul(x5, v128.load(from, 5 * TABLE_BYTES)));
    sum = f32x4.sub(sum, f32x4.mul(x6, v128.load(from, 6 * TABLE_BYTES)));
    other = f32x4.add(other, f32x4.mul(x7, v128.load(from, 7 * TABLE_BYTES)));
    sum = f32x4.sub(sum, other);
    const isNearer = f32x4.lt(sum, least);
    least = f32x4.pmin(least, sum);
    places = v128.bitselect(here, places, isNearer);
    here = i32x4.add(here, stride);
  }
  return firstLeast(least, places);
}

function firstLeast(least: v128, places: v128): u32 {
  let best = f32x4.extract_lane(least, 0);
  let place = <u32>i32x4.extract_lane(places, 0);
  for (let lane: u32 = 1; lane < 4; lane++) {
    const value = lane == 1 ? f32x4.extract_lane(least, 1) : lane == 2 ? f32x4.extract_lane(least, 2) : f32x4.extract_lane(least, 3);
    const other = <u32>(lane == 1 ? i32x4.extract_lane(places, 1) : lane == 2 ? i32x4.extract_lane(places, 2) : i32x4.extract_lane(places, 3));
    if (value < best || (value == best && other < place)) {
      best = value;
      place = other;
    }
  }
  return place;
}

export function decodeProduct(slot: u32, target: usize): void {
  const codes = codeAt(slot);
  for (let subspace: u32 = 0; subspace < subspaces; subspace++) {
    const from = centroidsOf(subspace) + (<u32>load<u8>(codes + subspace) << 2);
    const to = target + subspace * SUBSPACE * 4;
    for (let i: u32 = 0; i < SUBSPACE; i++) store<f32>(to + (i << 2), load<f32>(from + i * TABLE_BYTES));
  }
}

export function probeProduct(): void {
  for (let subspace: u32 = 0; subspace < subspaces; subspace++) fillTable(subspace);
}

// Under squared L2 a run's distance is the squared difference, else its negative inner product.
function fillTable(subspace: u32): void {
  const centroids = centroidsOf(subspace);
  const table = tables + subspace * TABLE_BYTES;
  for (let at: u32 = 0; at < TABLE_BYTES; at += 16) {
    let sum = f32x4.splat(0);
    for (let i: u32 = 0; i < SUBSPACE; i++) {
      const x = v128.load_splat<f32>(padded + ((subspace * SUBSPACE + i) << 2));
      const value = v128.load(centroids + i * TABLE_BYTES + at);
      const gap = f32x4.sub(x, value);
      sum = isSquared ? f32x4.add(sum, f32x4.mul(gap, gap)) : f32x4.sub(sum, f32x4.mul(x, value));
    }
    v128.store(table + at, sum);
  }
}

export function measureProducts(a: u32, b: u32, c: u32, d: u32): v128 {
  return four(measureOne(a), measureOne(b), measureOne(c), measureOne(d));
}

// Codes are padded to eights; the padding is left out.
function measureOne(slot: u32): f32 {
  const codes = codeAt(slot);
  let even: f32 = isSquared ? 0 : 1, odd: f32 = 0;
  let table = tables;
  let at: u32 = 0;
  for (; at + 8 <= subspaces; at += 8) {
    const eight = load<u64>(codes + at);
    even += lookUp(table, eight, 0);
    odd += lookUp(table + TABLE_BYTES, eight, 8);
    even += lookUp(table + 2 * TABLE_BYTES, eight, 16);
    odd += lookUp(table + 3 * TABLE_BYTES, eight, 24);
    even += lookUp(table + 4 * TABLE_BYTES, eight, 32);
    odd += lookUp(table + 5 * TABLE_BYTES, eight, 40);
    even += lookUp(table + 6 * TABLE_BYTES, eight, 48);
    odd += lookUp(table + 7 * TABLE_BYTES, eight, 56);
    table += 8 * TABLE_BYTES;
  }
  for (; at < subspaces; at++) {
    even += load<f32>(table + (<usize>load<u8>(codes + at) << 2));
    table += TABLE_BYTES;
  }
  return even + odd;
}

@inline
function lookUp(table: usize, eight: u64, by: u64): f32 {
  return load<f32>(table + (<usize>((eight >> by) & 255) << 2));
}

/**
 * Trains all runs on `count` padded points from `points`, `stride` bytes each. Starting points are those numbered by the
 * 256 u32 at `starts`. A centroid that no point is near to stays where it is.
 */
export function train(points: usize, stride: u32, count: u32, starts: usize, rounds: u32): void {
  for (let subspace: u32 = 0; subspace < subspaces; subspace++) {
    const own = points + subspace * SUBSPACE * 4;
    for (let centroid: u32 = 0; centroid < CENTROIDS; centroid++) {
      place(subspace, centroid, own + load<u32>(starts + (centroid << 2)) * stride, 1);
    }
    for (let round: u32 = 0; round < rounds; round++) improve(subspace, own, stride, count);
    squareOne(subspace);
  }
}

function improve(subspace: u32, points: usize, stride: u32, count: u32): void {
  squareOne(subspace);
  memory.fill(totals, 0, SUBSPACE_BYTES);
  memory.fill(members, 0, TABLE_BYTES);
  for (let i: u32 = 0; i < count; i++) {
    const point = points + i * stride;
    const centroid = nearestCentroid(subspace, point);
    const total = totals + centroid * SUBSPACE * 4;
    v128.store(total, f32x4.add(v128.load(total), v128.load(point)));
    v128.store(total, f32x4.add(v128.load(total, 16), v128.load(point, 16)), 16);
    store<u32>(members + (centroid << 2), load<u32>(members + (centroid << 2)) + 1);
  }
  for (let centroid: u32 = 0; centroid < CENTROIDS; centroid++) {
    const held = load<u32>(members + (centroid << 2));
    if (held > 0) place(subspace, centroid, totals + centroid * SUBSPACE * 4, <f32>held);
  }
}

function place(subspace: u32, centroid: u32, sum: usize, held: f32): void {
  const target = centroidsOf(subspace) + (centroid << 2);
  for (let i: u32 = 0; i < SUBSPACE; i++) store<f32>(target + i * TABLE_BYTES, load<f32>(sum + (i << 2)) / held);
}
