/**
 * Many queries at once. The leader says in the work block where they lie, what all of them ask for and where answers go.
 * Who claims one answers it in rooms of its own, as if it had been asked alone.
 *
 * An answer is: how many hits u32, FULL without room for them; u32 whose lowest bit says that its time ran out and the next that
 * it is unsure; how late its rows came f32; then places for as many rows as are wanted, and for as many distances.
 */
import { ANSWERS, FULL, QUERIES, TIME, WANTED, WIDTH, WORK, dimensions } from "./layout";
import { setWork, work } from "./build";
import { beginQuery, findByWalk, hitDistances, hitRows, isUnsure } from "./query";
import { late, liftDeadline, setDeadline, wasCut } from "./walk";

const HITS: u32 = 12;

export function placeQueries(queries: usize, answers: usize): void {
  setWork(QUERIES, queries);
  setWork(ANSWERS, answers);
}

/** The time each may take is in milliseconds, Infinity for all it needs. */
export function askFor(wanted: u32, ef: u32, time: f64): void {
  setWork(WANTED, wanted);
  setWork(WIDTH, ef);
  store<f64>(WORK, time, TIME);
}

/** Answers query number `i`. Writes nothing but its answer and what lies in the rooms of this thread. */
export function answer(i: u32): void {
  setDeadline(load<f64>(WORK, TIME));
  const found = beginQuery(queryAt(i), work(WANTED)) ? findByWalk(work(WIDTH)) : FULL;
  liftDeadline();
  writeAnswer(answerAt(i), found);
}

function queryAt(i: u32): usize {
  return work(QUERIES) + (i * dimensions << 2);
}

function answerAt(i: u32): usize {
  return work(ANSWERS) + i * (HITS + (work(WANTED) << 3));
}

function writeAnswer(target: usize, found: u32): void {
  store<u32>(target, found);
  store<u32>(target, u32(wasCut) | (u32(isUnsure) << 1), 4);
  store<f32>(target, late, 8);
  if (found == FULL) return;
  memory.copy(target + HITS, hitRows, found << 2);
  memory.copy(target + HITS + (work(WANTED) << 2), hitDistances, found << 2);
}
