/**
 * A pool of threads that build and search. All are instances of one module over one shared memory; each has its own working
 * memory, and the first is the leader. A job is a turn: the leader increments the turn, every thread does its share, and the
 * leader goes on when all others are done. With one thread, or in a module without threads, the leader does everything itself;
 * graph and answers are the same.
 *
 * Only the leader takes memory, and only between turns. The others use the memory that it assigned to them.
 */
import {
  ARENA, BATCH_COUNT, BEAM_HELD, POOL_SIZE, DONE, HITS_HELD, JOB, MEMBERS, MOST_THREADS, NEXT, QUERY_COUNT, QUERY_K, SLOTS, TURN,
  WIDTH, WORK, computeStrides, read,
} from "./layout";
import { allocate, beginWithin, spanOf, taken } from "../shared/memory";
import { poolBytes } from "../shared/pool";
import { answer } from "./answer";
import { linkBackBatch, propose, setWork, work } from "./build";
import { hitBytes, reserveHits, beamWidth } from "./query";
import { makeVisitTable, reservePages, useVisits } from "./visits";
import { capacity, reserveBeam } from "./walk";

export const PROPOSE: u32 = 1;
export const LINK_BACK: u32 = 2;
const ANSWER: u32 = 3;
const STOP: u32 = 4;

// A member's working memory may take so much more than the leader's, for alignment.
const SLACK: u32 = 4096;
const TIMED_OUT: i32 = 2;
const FOREVER: i64 = -1;
const NANOSECONDS_A_MILLISECOND: f64 = 1_000_000;

let roomBytes: u32 = 0;
let room: usize = 0;
let patience: i64 = FOREVER;

function memberAt(number: u32): u32 {
  return MEMBERS + (number << 4);
}

function giveRoom(number: u32, address: usize, bytes: u32): void {
  setWork(memberAt(number), address);
  setWork(memberAt(number) + 4, bytes);
}

/** Called when the leader has its working memory: a member's is no larger. */
export function noteRooms(): void {
  roomBytes = taken() - ARENA + SLACK;
  setWork(BEAM_HELD, capacity);
}

/** A share takes milliseconds. A thread that is not done after so many has ended, and waiting for it would never end. */
export function setPatience(milliseconds: f64): void {
  patience = <i64>(milliseconds * NANOSECONDS_A_MILLISECOND);
}

/** Takes the working memory of each other member. */
export function makePoolRoom(pool: u32): bool {
  for (let number: u32 = 1; number < min(pool, MOST_THREADS); number++) {
    const made = allocate(roomBytes);
    const visits = makeVisitTable();
    if (!made || !visits) return false;
    giveRoom(number, made, roomBytes);
    setWork(memberAt(number) + 8, visits);
  }
  setWork(POOL_SIZE, min(pool, MOST_THREADS));
  return true;
}

/** Lets this instance work in the memory that the leader assigned to it. */
export function beginMember(number: u32): void {
  computeStrides();
  enterRoom(number);
}

function enterRoom(number: u32): void {
  room = work(memberAt(number));
  beginWithin(room, work(memberAt(number) + 4));
}

/** Makes room for marks of so many slots for each other member. False when memory cannot grow. */
export function reservePoolVisits(slots: u32): bool {
  const pool = work(POOL_SIZE);
  for (let number: u32 = 1; number < pool; number++) {
    if (!reservePages(work(memberAt(number) + 8), slots)) return false;
  }
  return true;
}

/** Does a job of building with all of the pool, and returns when it is done. */
export function together(job: u32): void {
  const pool = work(POOL_SIZE);
  if (pool < 2 || work(BATCH_COUNT) < 2 * pool) alone(job);
  else shareOut(job, pool);
}

/** Answers so many queries with the whole pool, or alone if there is no memory for the others. False when memory cannot grow. */
export function answerTogether(count: u32): bool {
  const hits = work(QUERY_K);
  const beam = hits == 0 ? 0 : beamWidth(hits, work(WIDTH));
  setWork(QUERY_COUNT, count);
  if (!reserveHits(hits) || !reserveBeam(beam)) return false;
  if (count > 1 && reservePoolVisits(read(SLOTS)) && reservePoolHits(hits, beam)) shareOut(ANSWER, work(POOL_SIZE));
  else alone(ANSWER);
  return true;
}

/** Makes room for so many hits and a beam of that width for each other member. It grows as the leader's own does. */
function reservePoolHits(hits: u32, beam: u32): bool {
  const hitsHeld = grown(work(HITS_HELD), hits);
  const beamHeld = grown(work(BEAM_HELD), beam);
  let bytes: u64 = 0;
  if (hitsHeld != work(HITS_HELD)) bytes += hitBytes(hitsHeld);
  if (beamHeld != work(BEAM_HELD)) bytes += spanOf(poolBytes(beamHeld));
  if (bytes == 0) return true;
  const pool = work(POOL_SIZE);
  const rooms = allocate(bytes * (pool - 1));
  if (!rooms) return false;
  for (let number: u32 = 1; number < pool; number++) giveRoom(number, rooms + (number - 1) * <u32>bytes, <u32>bytes);
  setWork(HITS_HELD, hitsHeld);
  setWork(BEAM_HELD, beamHeld);
  return true;
}

function grown(held: u32, needed: u32): u32 {
  return needed <= held ? held : max(needed, held << 1);
}

/** Takes hits and beam from the memory that the leader assigned last, if they are to be larger. */
function holdHits(number: u32): void {
  if (work(memberAt(number)) == room) return;
  enterRoom(number);
  reserveHits(work(HITS_HELD));
  reserveBeam(work(BEAM_HELD));
}

function alone(job: u32): void {
  setWork(NEXT, 0);
  doShare(job, 0, 1);
}

function shareOut(job: u32, pool: u32): void {
  if (!ASC_FEATURE_THREADS) return alone(job);
  begin(job);
  doShare(job, 0, pool);
  while (true) {
    const done = atomic.load<u32>(WORK + DONE);
    if (done == pool - 1) break;
    if (atomic.wait<i32>(WORK + DONE, done, patience) == TIMED_OUT) unreachable();
  }
}

function begin(job: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  setWork(JOB, job);
  atomic.store<u32>(WORK + NEXT, 0);
  atomic.store<u32>(WORK + DONE, 0);
  atomic.add<u32>(WORK + TURN, 1);
  atomic.notify(WORK + TURN, -1);
}

/** Proposals and queries are claimed one by one, since some take longer; links back are divided by the slot that they belong to. */
function doShare(job: u32, share: u32, shares: u32): void {
  if (job == LINK_BACK) return linkBackBatch(share, shares);
  const count = work(job == ANSWER ? QUERY_COUNT : BATCH_COUNT);
  for (let i = claim(); i < count; i = claim()) {
    if (job == ANSWER) answer(i);
    else propose(i);
  }
}

function claim(): u32 {
  if (ASC_FEATURE_THREADS) return atomic.add<u32>(WORK + NEXT, 1);
  const next = work(NEXT);
  setWork(NEXT, next + 1);
  return next;
}

/** Does a share of each turn until the pool is stopped. For threads that may wait. */
export function serve(number: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  useVisits(work(memberAt(number) + 8));
  let turn: u32 = 0;
  while (true) {
    atomic.wait<i32>(WORK + TURN, turn, FOREVER);
    const now = atomic.load<u32>(WORK + TURN);
    if (now == turn) continue;
    turn = now;
    if (work(JOB) == STOP) return;
    if (work(JOB) == ANSWER) holdHits(number);
    doShare(work(JOB), number, work(POOL_SIZE));
    atomic.add<u32>(WORK + DONE, 1);
    atomic.notify(WORK + DONE, 1);
  }
}

/** Ends the other threads. */
export function stopThreads(): void {
  if (work(POOL_SIZE) > 1) begin(STOP);
  setWork(POOL_SIZE, 1);
}
