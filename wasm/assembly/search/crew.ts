/**
 * Threads that build together. All are instances of one module over one shared memory; each has rooms of its own for
 * what it works with, and the first leads. A job is a turn: the leader counts it up, all take their share, and it goes on
 * when the others have said that they are done. Alone, or in a module without threads, the leader does everything itself;
 * the graph is the same.
 */
import {
  ARENA, BATCH_COUNT, CREW, DONE, JOB, MEMBERS, MOST_CREW, NEXT, TURN, WORK, computeStrides,
} from "./layout";
import { allocate, beginWithin, taken } from "../shared/memory";
import { linkBackBatch, propose, setWork, work } from "./build";
import { makeVisitTable, reservePages, useVisits } from "./visits";

export const PROPOSE: u32 = 1;
export const LINK_BACK: u32 = 2;
const GO_HOME: u32 = 3;

// What a member's rooms may take beyond the leader's: alignment.
const SLACK: u32 = 4096;
const TIMED_OUT: i32 = 2;
const FOREVER: i64 = -1;
// A share takes milliseconds. Who is not done by then is gone, and waiting for it would never end.
const PATIENCE: i64 = 60_000_000_000;

let roomBytes: u32 = 0;

function memberAt(number: u32): u32 {
  return MEMBERS + (number << 4);
}

/** Once the leader has made its rooms: a member's take no more. */
export function noteRooms(): void {
  roomBytes = taken() - ARENA + SLACK;
}

/** Room for each other member to make its rooms in. */
export function makeCrewRoom(crew: u32): bool {
  const bytes = roomBytes;
  for (let number: u32 = 1; number < min(crew, MOST_CREW); number++) {
    const room = allocate(bytes);
    const visits = makeVisitTable();
    if (!room || !visits) return false;
    setWork(memberAt(number), room);
    setWork(memberAt(number) + 4, bytes);
    setWork(memberAt(number) + 8, visits);
  }
  setWork(CREW, min(crew, MOST_CREW));
  return true;
}

/** Makes the rooms of this instance lie where the leader made room for them. */
export function beginMember(number: u32): void {
  computeStrides();
  beginWithin(work(memberAt(number)), work(memberAt(number) + 4));
}

/** Marks for so many slots for each other member. False when memory cannot grow. */
export function reserveCrewVisits(slots: u32): bool {
  const crew = work(CREW);
  for (let number: u32 = 1; number < crew; number++) {
    if (!reservePages(work(memberAt(number) + 8), slots)) return false;
  }
  return true;
}

/** Does a job with all of the crew, and returns when it is done. */
export function together(job: u32): void {
  const crew = work(CREW);
  if (!ASC_FEATURE_THREADS || crew < 2 || work(BATCH_COUNT) < 2 * crew) return alone(job);
  begin(job);
  doShare(job, 0, crew);
  while (true) {
    const done = atomic.load<u32>(WORK + DONE);
    if (done == crew - 1) break;
    if (atomic.wait<i32>(WORK + DONE, done, PATIENCE) == TIMED_OUT) unreachable();
  }
}

function alone(job: u32): void {
  setWork(NEXT, 0);
  doShare(job, 0, 1);
}

function begin(job: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  setWork(JOB, job);
  atomic.store<u32>(WORK + NEXT, 0);
  atomic.store<u32>(WORK + DONE, 0);
  atomic.add<u32>(WORK + TURN, 1);
  atomic.notify(WORK + TURN, -1);
}

/** Proposals are claimed one by one, since some take longer; links back are parted by who they belong to. */
function doShare(job: u32, share: u32, shares: u32): void {
  if (job == LINK_BACK) return linkBackBatch(share, shares);
  const count = work(BATCH_COUNT);
  for (let i = claim(); i < count; i = claim()) propose(i);
}

function claim(): u32 {
  if (ASC_FEATURE_THREADS) return atomic.add<u32>(WORK + NEXT, 1);
  const next = work(NEXT);
  setWork(NEXT, next + 1);
  return next;
}

/** Works in turn after turn, until the crew is sent home. For threads that may wait. */
export function serve(number: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  useVisits(work(memberAt(number) + 8));
  let turn: u32 = 0;
  while (true) {
    atomic.wait<i32>(WORK + TURN, turn, FOREVER);
    const now = atomic.load<u32>(WORK + TURN);
    if (now == turn) continue;
    turn = now;
    if (work(JOB) == GO_HOME) return;
    doShare(work(JOB), number, work(CREW));
    atomic.add<u32>(WORK + DONE, 1);
    atomic.notify(WORK + DONE, 1);
  }
}

/** Sends the others home. */
export function dismiss(): void {
  if (work(CREW) > 1) begin(GO_HOME);
  setWork(CREW, 1);
}
