import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { PipitError } from "../errors.ts";
import type { TokenSpace } from "../ports/embedder.ts";
import type { Space } from "../space.ts";

/**
 * A fixed linear map from a model's hidden states to short token vectors:
 *
 *   vector = W (state / |state|) - offsets
 *
 * where row i of W is `codes[i] * scales[i]`. It is fitted once to other text (wasm/scripts/make-token-projection.ts), and stored in a
 * file, little endian:
 *
 *   0   "PIPT", version u32, width u32, dimensions u32
 *   16  id of the model's space, 16 bytes
 *   32  offsets f32 [dimensions], scales f32 [dimensions], codes s8 [dimensions][width]
 *   end SHA-256 of everything before it, 32 bytes
 */
export interface TokenProjection extends ProjectionParts {
  /** Of the token vectors that it makes. */
  readonly tokenSpace: TokenSpace;
}

export interface ProjectionParts {
  /** The id of the space whose model has these hidden states. */
  readonly spaceId: string;
  /** Values of a hidden state, a multiple of 16. */
  readonly width: number;
  /** Values of a token vector, a multiple of 8 and no more than `width`. */
  readonly dimensions: number;
  readonly offsets: Float32Array;
  readonly scales: Float32Array;
  /** [dimensions][width] */
  readonly codes: Int8Array;
}

const MAGIC = "PIPT";
const VERSION = 1;
const HEAD_BYTES = 32;
const DIGEST_BYTES = 32;
const MOST_WIDTH = 4096;

/** Reads a projection's file. Throws `bad-model` unless it is complete, undamaged and of this version. */
export function readTokenProjection(bytes: Uint8Array): TokenProjection {
  // `slice` of a Buffer would be no copy, and its values not aligned.
  const file = new Uint8Array(bytes);
  const { width, dimensions, spaceId } = readHead(file);
  const end = bytesOf(width, dimensions) - DIGEST_BYTES;
  if (bytesToHex(sha256(file.subarray(0, end))) !== bytesToHex(file.subarray(end)))
    throw badProjection("a damaged file", "one whose SHA-256 is the one that it ends with");
  const floats = (at: number) => new Float32Array(file.slice(at, at + dimensions * 4).buffer);
  const offsets = floats(HEAD_BYTES);
  const scales = floats(HEAD_BYTES + dimensions * 4);
  if (![...offsets, ...scales].every(Number.isFinite))
    throw badProjection("numbers that are not finite", "finite ones");
  const codes = new Int8Array(file.slice(end - width * dimensions, end).buffer);
  const tokenSpace = { id: tokensIdOf(spaceId, file), dimensions };
  return { tokenSpace, spaceId, width, dimensions, offsets, scales, codes };
}

function readHead(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const magic = String.fromCharCode(...file.subarray(0, 4));
  if (file.length < HEAD_BYTES || magic !== MAGIC)
    throw badProjection(`${file.length} bytes that begin with ${JSON.stringify(magic)}`, `"${MAGIC}"`);
  const [version, width, dimensions] = [4, 8, 12].map((at) => view.getUint32(at, true)) as [number, number, number];
  if (version !== VERSION) throw badProjection(`v${version}`, `v${VERSION}`);
  if (!isShape(width, dimensions)) throw badProjection(`${width} values to ${dimensions}`, "multiples of 16 and 8");
  if (file.length !== bytesOf(width, dimensions))
    throw badProjection(`${file.length} bytes`, `${bytesOf(width, dimensions)} by its own account`);
  return { width, dimensions, spaceId: bytesToHex(file.subarray(16, HEAD_BYTES)) };
}

function isShape(width: number, dimensions: number): boolean {
  const isWhole = width % 16 === 0 && dimensions % 8 === 0;
  return isWhole && dimensions >= 8 && dimensions <= width && width <= MOST_WIDTH;
}

function bytesOf(width: number, dimensions: number): number {
  return HEAD_BYTES + dimensions * (8 + width) + DIGEST_BYTES;
}

/** The file's bytes: the same for the same parts. */
export function writeTokenProjection(parts: ProjectionParts): Uint8Array<ArrayBuffer> {
  const { spaceId, width, dimensions, offsets, scales, codes } = parts;
  const file = new Uint8Array(bytesOf(width, dimensions));
  const view = new DataView(file.buffer);
  file.set(utf8ToBytes(MAGIC));
  for (const [i, word] of [VERSION, width, dimensions].entries()) view.setUint32(4 + i * 4, word, true);
  for (let i = 0; i < 16; i++) file[16 + i] = Number.parseInt(spaceId.slice(2 * i, 2 * i + 2), 16);
  for (const [i, value] of [...offsets, ...scales].entries()) view.setFloat32(HEAD_BYTES + i * 4, value, true);
  file.set(new Uint8Array(codes.buffer, codes.byteOffset, codes.length), HEAD_BYTES + dimensions * 8);
  const end = file.length - DIGEST_BYTES;
  file.set(sha256(file.subarray(0, end)), end);
  return file;
}

function tokensIdOf(spaceId: string, file: Uint8Array): string {
  return bytesToHex(sha256(utf8ToBytes(`${spaceId}\n${bytesToHex(sha256(file))}`))).slice(0, 32);
}

export interface Projected {
  readonly space: Pick<Space, "id" | "name">;
  /** Values of a hidden state of its model. */
  readonly width: number;
}

/** Throws `space-mismatch` for a projection of another model, `bad-model` for one of other hidden states. */
export function assertProjects({ spaceId, width }: TokenProjection, model: Projected): void {
  if (spaceId === model.space.id && width === model.width) return;
  if (spaceId === model.space.id) throw badProjection(`${width} values a state`, `${model.width}`);
  throw new PipitError("space-mismatch", {
    got: `a projection of token vectors for space ${spaceId}`,
    expected: `space ${model.space.id} (${model.space.name})`,
    do: "Use the projection that was fitted to this model.",
  });
}

function badProjection(got: string, expected: string): PipitError {
  return new PipitError("bad-model", {
    got: `a projection of token vectors with ${got}`,
    expected,
    do: "Fetch the file again, or make it with wasm/scripts/make-token-projection.ts.",
  });
}
