/**
 * The layout of the module's memory. Nothing here is managed: memory is only ever taken from its end, so it
 * starts as zeros and never moves, and a segment that could not be taken leaves everything before it whole.
 *
 *   512      constants of hot loops: an engine makes a constant vector anew at each use, a loaded one stays in its register
 *   768      work block, 256 bytes: the state that the threads of a pool share
 *   1024     header block, 256 bytes: the state that a snapshot contains, as these bytes
 *   2048     segment table, 8192 addresses   \  slot s lies in segment s >> shift, at s & mask
 *   34816    upper table, 8192 addresses     /  upper block t in upper segment t >> UPPER_SHIFT
 *   67584    scratch, lists, staging, segments in the order in which they were asked for
 *
 * A segment holds 2^shift slots as three arrays, each from a multiple of 64. The data that a walk reads of every neighbour
 * has an array of its own, so that it takes as few pages and lines of memory as possible:
 *
 *   coarse     facts: scale f32; under squared L2 the squared length f32 as well
 *              upper plane: the upper four bits of each code, two dimensions a byte
 *   nodes      row u32, the caller's number
 *              links: head u32, then the places of level 0, three bytes each
 *              lower plane: the lower four bits of each code
 *   originals  f32 or f16, when the index keeps them
 *
 * A head is the first upper block (24 bits), the number of links (7 bits) and a mark on slots that were removed and
 * whose links are still walked. An upper block holds one node's links on one level above 0: the next block up, a head, m places.
 */
export const NIBBLES: usize = 512;
export const WORD_NIBBLES: usize = 528;
export const WORK: usize = 768;
export const HEADER: usize = 1024;
export const HEADER_BYTES: u32 = 256;
export const SEGMENT_TABLE: usize = 2048;
export const UPPER_TABLE: usize = 34816;
export const ARENA: usize = 67584;
export const TABLE_LENGTH: u32 = 8192;

/** Offsets in the header block. */
export const DIMENSIONS: u32 = 0;
export const LINKS: u32 = 4;
export const BUILD_WIDTH: u32 = 8;
export const METRIC: u32 = 12;
export const EXACT: u32 = 16;
export const SLOTS: u32 = 20;
export const COUNT: u32 = 24;
export const DEAD: u32 = 28;
export const UPPER_BLOCKS: u32 = 32;
export const ENTRY: u32 = 36;
export const TOP: u32 = 40;
export const FREE_SLOT: u32 = 44;
export const FREE_UPPER_BLOCK: u32 = 48;
export const SETTLED: u32 = 52;
export const RANDOM: u32 = 56;
export const MEASURED: u32 = 64;

/** Offsets in the work block. */
export const BATCH_COUNT: u32 = 0;
export const BATCH_SLOTS: u32 = 4;
export const BATCH_LEVELS: u32 = 8;
export const BATCH_PLACES: u32 = 12;
export const PROPOSALS: u32 = 16;
export const TURN: u32 = 20;
export const JOB: u32 = 24;
export const NEXT: u32 = 28;
export const DONE: u32 = 32;
export const POOL_SIZE: u32 = 36;

/** The queries of one turn: their number, k and ef; the time that each may take is an f64 of milliseconds. */
export const QUERY_COUNT: u32 = 40;
export const QUERY_K: u32 = 44;
export const WIDTH: u32 = 48;
export const TIME: u32 = 56;

/** From here on four words for each thread of the pool: address and bytes of its newest working memory, its table of visits. */
export const MEMBERS: u32 = 64;
export const MOST_THREADS: u32 = 8;

/** Addresses of the queries and of their answers, and how many hits and how wide a beam each member has room for. */
export const QUERIES: u32 = 192;
export const ANSWERS: u32 = 196;
export const HITS_HELD: u32 = 200;
export const BEAM_HELD: u32 = 204;

/** Metrics: 1 - inner product, squared Euclidean distance. Cosine is the first on vectors of unit length. */
export const INNER_PRODUCT: u32 = 0;
export const SQUARED_L2: u32 = 1;

/** The originals that are kept beside the codes. */
export const NOTHING: u32 = 0;
export const SINGLE: u32 = 1;
export const HALF: u32 = 2;

/** The distances by which a graph is built and walked. */
export const BY_CODES: u32 = 0;
export const BY_ORIGINALS: u32 = 1;

/** Offsets in a node. */
export const ROW: u32 = 0;
export const HEAD: u32 = 4;

/** Offsets in an upper block. */
export const ABOVE: u32 = 0;
export const UPPER_LINKS: u32 = 4;

/** No slot, no upper block: the largest number of 24 bits. */
export const NONE: u32 = 0xffffff;
export const MAX_SLOTS: u32 = 0xfffffe;
export const MAX_LEVEL: u32 = 15;
export const UPPER_SHIFT: u32 = 11;
export const MAX_PLACES: u32 = 126;

/** The answer of an export when memory cannot grow. Nothing was changed then. */
export const FULL: u32 = 0xffffffff;

export let dimensions: u32 = 0;
export let m: u32 = 0;
export let shift: u32 = 0;
export let mask: u32 = 0;
export let planeBytes: u32 = 0;
export let factBytes: u32 = 0;
export let coarseBytes: u32 = 0;
export let nodeBytes: u32 = 0;
export let exactBytes: u32 = 0;
export let exactValueBytes: u32 = 0;
/** Codes cannot tell these rows apart: every distance is one of f32 originals. */
export let isByOriginals: bool = false;
export let upperBytes: u32 = 0;
export let lowerOffset: u32 = 0;
export let nodesOffset: u32 = 0;
export let exactOffset: u32 = 0;
export let segmentBytes: u32 = 0;

// Small enough that an empty index costs a tab little, large enough that 4 GiB need no more than TABLE_LENGTH of them.
const SEGMENT_TARGET: u32 = 512 * 1024;
const LEAST_SHIFT: u32 = 4;

@inline
export function align(bytes: u32, to: u32): u32 {
  return (bytes + to - 1) & ~(to - 1);
}

@inline
export function read(offset: u32): u32 {
  return load<u32>(HEADER + offset);
}

@inline
export function write(offset: u32, value: u32): void {
  store<u32>(HEADER + offset, value);
}

export function placesAt(level: u32): u32 {
  return level == 0 ? min(m << 1, MAX_PLACES) : m;
}

/** Reads dimensions, m, metric, kind of originals and kind of distances from the header. */
export function computeStrides(): void {
  v128.store(NIBBLES, i8x16.splat(15));
  v128.store(WORD_NIBBLES, i16x8.splat(15));
  dimensions = read(DIMENSIONS);
  m = read(LINKS);
  isByOriginals = read(MEASURED) == BY_ORIGINALS;
  planeBytes = align((dimensions + 1) >> 1, 16);
  factBytes = read(METRIC) == SQUARED_L2 ? 8 : 4;
  coarseBytes = factBytes + planeBytes;
  lowerOffset = HEAD + align(4 + 3 * placesAt(0), 4);
  nodeBytes = lowerOffset + planeBytes;
  upperBytes = align(UPPER_LINKS + 4 + 3 * m, 8);
  exactBytes = exactStride();
  const slotBytes = coarseBytes + nodeBytes + exactBytes;
  shift = LEAST_SHIFT;
  while (slotBytes << (shift + 1) <= SEGMENT_TARGET) shift++;
  mask = (1 << shift) - 1;
  nodesOffset = align(coarseBytes << shift, 64);
  exactOffset = nodesOffset + align(nodeBytes << shift, 64);
  segmentBytes = exactOffset + align(exactBytes << shift, 64);
}

function exactStride(): u32 {
  const kept = read(EXACT);
  exactValueBytes = kept == NOTHING ? 0 : kept == HALF ? 2 : 4;
  return align(dimensions, 8) * exactValueBytes;
}
