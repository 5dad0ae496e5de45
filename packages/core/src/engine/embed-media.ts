import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { PlainEntry } from "../checks/check-entry.ts";
import type { Medium } from "../entry.ts";
import { type ErrorCode, isPipitError, PipitError, throwIfAborted } from "../errors.ts";
import type { EmbeddedMedium, EmbeddedParts, FurtherQuery } from "../ports/collection.ts";
import type { Embedder, Piece } from "../ports/embedder.ts";
import type { MediumPreparer, PreparedPiece } from "../ports/medium-preparer.ts";
import type { UnreadableMedium } from "../ports/search-engine.ts";
import { whyNotUnitRows } from "../unit-rows.ts";

/** What an engine reads media with. The collection keeps the spaces of the embedders beside its own. */
export interface MediaReaders {
  readonly preparers: readonly MediumPreparer[];
  /** Shared by many engines, so never closed by one. */
  readonly embedders: readonly Embedder[];
}

/** The media of an entry that can be read, with their vectors. */
export interface EmbeddedMedia {
  readonly media: readonly EmbeddedMedium[];
  readonly further: readonly EmbeddedParts[];
  readonly unreadable: readonly UnreadableMedium[];
}

/** Decoded media that are held at once: enough for the models' batches. */
const AT_ONCE = 4;
/** A medium that fails with one of these is left out. With any other failure the call fails. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["bad-media", "unsupported", "bad-input"]);

/** Reads and embeds the media of entries, by their ids. Fails as embedding does, and with `unsupported` if no kind of media is read. */
export async function embedMedia(
  entries: readonly PlainEntry[],
  readers: MediaReaders,
  signal?: AbortSignal,
): Promise<Map<string, EmbeddedMedia>> {
  const jobs = entries.flatMap(({ id, media = [] }) => media.map((medium, at) => ({ id, medium, at })));
  if (readers.preparers.length === 0 && jobs.length > 0) throw unknownKind(jobs[0]!.medium.type, []);
  const read = await inParallel(jobs, async ({ id, medium, at }): Promise<ReadMedium | UnreadableMedium> => {
    throwIfAborted(signal);
    try {
      return await readMedium(medium, readers, signal);
    } catch (error) {
      if (!isPipitError(error) || !UNREADABLE.has(error.code)) throw error;
      return { id, medium: at, code: error.code, message: error.message };
    }
  });
  const ofEntry = new Map<string, (ReadMedium | UnreadableMedium)[]>(entries.map(({ id }) => [id, []]));
  for (const [job, { id }] of jobs.entries()) ofEntry.get(id)!.push(read[job]!);
  return new Map(Array.from(ofEntry, ([id, own]) => [id, joined(own, readers.embedders)]));
}

/** The vectors of a file as a query, one of each space that reads it. Fails with `unsupported` if none does. */
export async function mediumQuery(
  bytes: Uint8Array,
  readers: MediaReaders,
  signal?: AbortSignal,
): Promise<FurtherQuery[]> {
  const { pieces } = described({ bytes }, readers, signal);
  for await (const { piece } of pieces) return vectorsOf(piece, readers.embedders, signal);
  return [];
}

/** The vector of a text as a query of pictures and the like; none by an embedder that reads no texts. */
export function textQuery(piece: Piece, embedder: Embedder, signal?: AbortSignal): Promise<FurtherQuery[]> {
  return vectorsOf(piece, [embedder], signal);
}

/** A file, and of each of its pieces the vectors. Loci are those of the first medium of an entry. */
interface ReadMedium {
  readonly file: EmbeddedMedium;
  readonly rows: readonly { readonly locus: PreparedPiece["locus"]; readonly vectors: readonly FurtherQuery[] }[];
}

async function readMedium(medium: Medium, readers: MediaReaders, signal?: AbortSignal): Promise<ReadMedium> {
  const { file, pieces } = described(medium, readers, signal);
  const rows: ReadMedium["rows"][number][] = [];
  for await (const { piece, locus } of pieces)
    rows.push({ locus, vectors: await vectorsOf(piece, readers.embedders, signal, "bulk") });
  return { file, rows };
}

interface Described {
  readonly file: EmbeddedMedium;
  readonly pieces: AsyncIterable<PreparedPiece>;
}

function described({ bytes, type, name }: Medium, { preparers }: MediaReaders, signal?: AbortSignal): Described {
  for (const preparer of preparers) {
    const known = preparer.typeOf(bytes);
    if (known === undefined) continue;
    const digest = bytesToHex(sha256(bytes));
    const file = { digest, type: known, ...(name !== undefined && { name }), size: bytes.length, bytes };
    return { file, pieces: preparer.pieces(bytes, { digest, signal }) };
  }
  throw unknownKind(type, preparers);
}

async function vectorsOf(
  piece: Piece,
  embedders: readonly Embedder[],
  signal: AbortSignal | undefined,
  priority: "query" | "bulk" = "query",
): Promise<FurtherQuery[]> {
  const reading = embedders.filter(({ reads = ["text"] }) => reads.includes(piece.modality));
  return Promise.all(
    reading.map(async (embedder) => {
      const vector = await embedder.embed([piece], { priority, signal });
      assertVector(vector, embedder);
      return { space: embedder.space.id, vector };
    }),
  );
}

/** Embedders that are not of this project may break their promise. */
function assertVector(vector: Float32Array, { space, producer }: Embedder): void {
  const why = vector instanceof Float32Array ? whyNotUnitRows(vector, 1, space.dimensions) : "no vector";
  if (!why) return;
  throw new PipitError("numbers-not-proven", {
    got: `${why} by ${producer.name}`,
    expected: `a unit vector of ${space.dimensions} values`,
    do: "Check the model on this device; nothing was stored of it.",
  });
}

function joined(own: readonly (ReadMedium | UnreadableMedium)[], embedders: readonly Embedder[]): EmbeddedMedia {
  const read = own.filter((each) => "file" in each);
  const rows = read.flatMap(({ rows }, medium) => rows.map((row) => ({ ...row, locus: { ...row.locus, medium } })));
  return {
    media: read.map(({ file }) => file),
    further: embedders.flatMap(({ space, producer }): EmbeddedParts[] => {
      const found = rows.flatMap(({ locus, vectors }) => {
        const vector = vectors.find((each) => each.space === space.id)?.vector;
        return vector ? [{ locus, vector }] : [];
      });
      if (found.length === 0) return [];
      const vectors = new Float32Array(found.length * space.dimensions);
      for (const [row, { vector }] of found.entries()) vectors.set(vector, row * space.dimensions);
      return [{ space: space.id, producer: producer.name, parts: found.map(({ locus }) => locus), vectors }];
    }),
    unreadable: own.filter((each) => "code" in each),
  };
}

/** Runs the work of all items, some at once, and returns the results in their order. After a failure no further item is begun. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = oneAfterAnother(items);
  const worker = async () => {
    for (const [at, item] of left) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** Unlike that of a list, this iterator ends for all who read it when one of them fails. */
function* oneAfterAnother<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries();
}

function unknownKind(type: string | undefined, preparers: readonly MediumPreparer[]): PipitError {
  const kinds = preparers.map(({ modality }) => `a ${modality}`);
  return new PipitError("unsupported", {
    got: type === undefined ? "a file of no known type" : `a file of type ${type}`,
    expected: kinds.length > 0 ? kinds.join(" or ") : "texts: this engine reads no media",
    do: kinds.length > 0 ? "Convert it, or leave it out." : "Use an engine that was opened with a model of pictures.",
  });
}
