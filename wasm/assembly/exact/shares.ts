/**
 * Threads that share one search. All are instances of one module over one shared memory. The owner of the index divides a task into
 * chunks. Owner and helpers claim chunks one by one, and each collects the nearest rows in a heap of its own. The owner waits for
 * claimed chunks, but never for a helper to start: if none is free, it does every chunk itself. The distance of a row does not
 * depend on the thread, and heaps are merged by whole keys, so the answers are those of one thread.
 *
 * Only the owner takes memory.
 */
import {
  BITMAP, CHUNK, DISTANCES, DONE, HEAP, ITEMS, JOB, MOST_THREADS, PART, QUERY, ROOM, ROOM_BYTES, SOURCE, TASK, TICKET, WIDTH, WORDS,
  BLOCK, align, codeBytes, memberAt, originalBytes,
} from "./layout";
import { CHOOSE, DECIDE, MEASURE, ask, measureCandidates, measureSlots, measuresCodes, prepare, tellDistances } from "./measure";
import { clearHeap, heapBytes, keyAt, offer, sizeOf } from "./nearest";
import { allocate, spanOf } from "../shared/memory";

// Tells the helpers that there is a task.
@external("env", "summon")
declare function summon(): void;

const CHUNKS_A_THREAD: u32 = 8;
const MOST_CHUNKS: u32 = 0xffff;
const NO_CHUNK: u32 = 0xffffffff;
const TIMED_OUT: i32 = 2;
const NANOSECONDS_A_MILLISECOND: f64 = 1_000_000;

let threads: u32 = 1;
let turn: u64 = 0;
let worth: u64 = 0;
let patience: i64 = 0;
let roomBytes: u32 = 0;
let heapCapacity: u32 = 0;

@inline
function part(field: u32): u32 {
  return load<u32>(JOB + field);
}

@inline
function setPart(field: u32, value: u32): void {
  store<u32>(JOB + field, value);
}

/** How many threads may share a search, the owner included. `room` is the working memory of an instance, in bytes. */
export function setThreads(number: u32, room: u32): void {
  threads = min(number, MOST_THREADS);
  roomBytes = <u32>spanOf(room);
}

/** A task that reads fewer bytes is not shared. */
export function setWorth(bytes: f64): void {
  worth = <u64>bytes;
}

/** A chunk takes a millisecond at most. A helper that needs longer than this has ended. */
export function setPatience(milliseconds: f64): void {
  patience = <i64>(milliseconds * NANOSECONDS_A_MILLISECOND);
}

/** Called before the tasks of a search. Helpers take from the job what the owner put there. */
export function beginSearch(query: usize, bitmap: usize, words: u32, distances: usize): void {
  setPart(QUERY, <u32>query);
  setPart(BITMAP, <u32>bitmap);
  setPart(WORDS, words);
  setPart(DISTANCES, <u32>distances);
  takeSearch();
}

function takeSearch(): void {
  ask(part(QUERY), part(BITMAP), part(WORDS));
  tellDistances(part(DISTANCES));
}

/** Runs a task over all slots, or over the candidates in `source`; `items` is their number. Results go to the heap. */
export function doTask(task: u32, heap: usize, source: usize, items: u32): void {
  prepare(task);
  if (ASC_FEATURE_THREADS) {
    if (isWorth(task, items) && shareOut(task, heap, source, items)) return;
  }
  doItems(task, heap, source, 0, items);
}

function isWorth(task: u32, items: u32): bool {
  return threads > 1 && <u64>items * (measuresCodes(task) ? codeBytes : originalBytes) >= worth;
}

@inline
function doItems(task: u32, heap: usize, source: usize, from: u32, to: u32): void {
  if (task == DECIDE) measureCandidates(heap, source, from, to);
  else measureSlots(heap, from, to);
}

/** False if the task could not be shared; the heap is empty then. */
function shareOut(task: u32, heap: usize, source: usize, items: u32): bool {
  const width = load<u32>(heap, 4);
  if (!reserveHeaps(width)) return false;
  const chunk = align(max(items / (threads * CHUNKS_A_THREAD), items / MOST_CHUNKS + 1), BLOCK);
  const chunks = (items + chunk - 1) / chunk;
  setPart(TASK, task);
  setPart(WIDTH, width);
  setPart(SOURCE, <u32>source);
  setPart(ITEMS, items);
  setPart(CHUNK, chunk);
  atomic.store<u32>(JOB + DONE, 0);
  atomic.store<u64>(JOB + TICKET, (++turn << 32) | (<u64>chunks << 16));
  summon();
  let own: u32 = 0;
  for (let next = claim(); next != NO_CHUNK; next = claim(), own++) doChunk(next, heap);
  if (!isDone(chunks - own)) return giveUp(heap, width);
  merge(heap);
  return true;
}

/** The next chunk for this thread, or NO_CHUNK. */
function claim(): u32 {
  while (true) {
    const ticket = atomic.load<u64>(JOB + TICKET);
    const next = <u32>ticket & 0xffff;
    if (next >= (<u32>ticket >> 16)) return NO_CHUNK;
    if (atomic.cmpxchg<u64>(JOB + TICKET, ticket, ticket + 1) == ticket) return next;
  }
}

function doChunk(chunk: u32, heap: usize): void {
  const from = chunk * part(CHUNK);
  doItems(part(TASK), heap, part(SOURCE), from, min(from + part(CHUNK), part(ITEMS)));
}

/** Waits until helpers have done so many chunks. False if one of them has ended. */
function isDone(theirs: u32): bool {
  while (true) {
    const done = atomic.load<u32>(JOB + DONE);
    if (done == theirs) return true;
    if (atomic.wait<i32>(JOB + DONE, done, patience) == TIMED_OUT) return false;
  }
}

/** The owner searches alone from now on. A late helper writes only to its own heap, which is not read any more. */
function giveUp(heap: usize, width: u32): bool {
  threads = 1;
  clearHeap(heap, width);
  return false;
}

function merge(heap: usize): void {
  for (let number: u32 = 1; number < threads; number++) {
    const member = memberAt(number);
    if (load<u32>(member, PART) != <u32>turn) continue;
    const other = load<u32>(member, HEAP);
    const size = sizeOf(other);
    for (let i: u32 = 0; i < size; i++) offer(heap, keyAt(other, i));
  }
}

/** Gives each helper its working memory, once, and a heap of that width. False when memory cannot grow. */
function reserveHeaps(width: u32): bool {
  if (width <= heapCapacity) return true;
  const doubled = max(width, heapCapacity << 1);
  const room: u64 = heapCapacity == 0 ? roomBytes : 0;
  const bytes = room + spanOf(heapBytes(doubled));
  // One allocation: if it fails, no part of it is lost.
  const all = allocate(bytes * (threads - 1));
  if (!all) return false;
  for (let number: u32 = 1; number < threads; number++) {
    const member = memberAt(number), made = all + (number - 1) * <u32>bytes;
    if (room) giveRoom(member, made);
    store<u32>(member, <u32>(made + <u32>room), HEAP);
  }
  heapCapacity = doubled;
  return true;
}

function giveRoom(member: usize, address: usize): void {
  store<u32>(member, <u32>address, ROOM);
  store<u32>(member, roomBytes, ROOM_BYTES);
}

/** Called by helper `number`: does chunks until none is left. */
export function help(number: u32): void {
  if (!ASC_FEATURE_THREADS) return;
  const member = memberAt(number);
  for (let next = claim(); next != NO_CHUNK; next = claim()) {
    // The owner starts no other turn before this chunk is done.
    const now = <u32>(atomic.load<u64>(JOB + TICKET) >> 32);
    const heap = load<u32>(member, HEAP);
    if (load<u32>(member, PART) != now) {
      store<u32>(member, now, PART);
      clearHeap(heap, part(WIDTH));
      takeSearch();
      prepare(part(TASK));
    }
    doChunk(next, heap);
    atomic.add<u32>(JOB + DONE, 1);
    atomic.notify(JOB + DONE, 1);
  }
}
