/**
 * Many queries at once. The work block holds their addresses, their common k and ef, and the addresses of the answers.
 * The thread that claims a query answers it in its own working memory, with the result that the query has alone.
 *
 * An answer is: how many hits u32, FULL without room for them; u32 whose lowest bit says that its time ran out and the next that
 * it is unsure; how late its rows came f32; then places for k rows, and for k distances.
 */
import { ANSWERS, FULL, QUERIES, QUERY_K, TIME, WIDTH, WORK, dimensions } from "./layout";
import { setWork, work } from "./build";
import { beginQuery, findByWalk, hitDistances, hitRows, isUnsure } from "./query";
import { late, liftDeadline, setDeadline, wasCut } from "./walk";

const HITS: u32 = 12;

export function placeQueries(queries: usize, answers: usize): void {
  setWork(QUERIES, queries);
  setWork(ANSWERS, answers);
}

/** The time each may take is in milliseconds, Infinity for all it needs. */
export function askFor(k: u32, ef: u32, time: f64): void {
  setWork(QUERY_K, k);
  setWork(WIDTH, ef);
  store<f64>(WORK, time, TIME);
}

/** Answers query number `i`. Writes only its answer and the working memory of this thread. */
export function answer(i: u32): void {
  setDeadline(load<f64>(WORK, TIME));
  const found = beginQuery(queryAt(i), work(QUERY_K)) ? findByWalk(work(WIDTH)) : FULL;
  liftDeadline();
  writeAnswer(answerAt(i), found);
}

function queryAt(i: u32): usize {
  return work(QUERIES) + (i * dimensions << 2);
}

function answerAt(i: u32): usize {
  return work(ANSWERS) + i * (HITS + (work(QUERY_K) << 3));
}

function writeAnswer(target: usize, found: u32): void {
  store<u32>(target, found);
  store<u32>(target, u32(wasCut) | (u32(isUnsure) << 1), 4);
  store<f32>(target, late, 8);
  if (found == FULL) return;
  memory.copy(target + HITS, hitRows, found << 2);
  memory.copy(target + HITS + (work(QUERY_K) << 2), hitDistances, found << 2);
}
