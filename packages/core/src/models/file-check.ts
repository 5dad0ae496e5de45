import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { FileDigest, ModelFile } from "./text-model.ts";

/** SHA-256 of the bytes. Hand in the platform's own (crypto.subtle) for large files: it is several times faster. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

const portableDigest: Digest = async (bytes) => sha256(bytes);

export type FileCheck =
  | { readonly right: true; readonly digest: FileDigest | undefined }
  | { readonly right: false; readonly got: string; readonly expected: string };

/** Whether the bytes are the file. Without a digest in its spec any bytes are accepted. */
export async function checkFile(
  bytes: Uint8Array,
  file: ModelFile,
  digest: Digest = portableDigest,
): Promise<FileCheck> {
  if (file.accepts.length === 0) return { right: true, digest: undefined };
  const sha = bytesToHex(await digest(bytes));
  const accepted = file.accepts.find((candidate) => candidate.sha256 === sha);
  if (accepted) return { right: true, digest: accepted };
  const expected = file.accepts.map((candidate) => describe(candidate.sha256, candidate.bytes)).join(" or ");
  return { right: false, got: describe(sha, bytes.length), expected };
}

const describe = (sha: string, bytes: number) => `SHA-256 ${sha} (${bytes} bytes)`;
