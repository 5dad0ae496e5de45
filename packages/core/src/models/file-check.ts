import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { FileDigest, ModelFile } from "./text-model.ts";

export type FileCheck =
  | { readonly right: true; readonly digest: FileDigest | undefined }
  | { readonly right: false; readonly got: string; readonly expected: string };

/** Checks that the bytes are the specified file. Without a digest in the spec any bytes are accepted. */
export async function checkFile(bytes: Uint8Array, file: ModelFile): Promise<FileCheck> {
  if (file.accepts.length === 0) return { right: true, digest: undefined };
  const sha = bytesToHex(await digestOf(bytes));
  const accepted = file.accepts.find((candidate) => candidate.sha256 === sha);
  if (accepted) return { right: true, digest: accepted };
  const expected = file.accepts.map((candidate) => describe(candidate.sha256, candidate.bytes)).join(" or ");
  return { right: false, got: describe(sha, bytes.length), expected };
}

/** SHA-256. The platform's own is several times faster; pages on plain http have none. */
async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : sha256(bytes);
}

const describe = (sha: string, bytes: number) => `SHA-256 ${sha} (${bytes} bytes)`;
