import { PipitError } from "@pipit/core";

/** SHA-256 of the key. The server keeps only this, so that a dump of its memory does not contain the key. */
export type KeyDigest = Uint8Array;

const DIGEST_TEXT = /^sha256:([0-9a-f]{64})$/i;

/** Takes the key itself, or "sha256:" and its digest in hex, which an environment may hold instead of the key. */
export async function keyDigest(text: string): Promise<KeyDigest> {
  const hex = DIGEST_TEXT.exec(text)?.[1];
  if (hex) return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  if (text.trim() === "") throw emptyKey();
  return digest(text);
}

/** Compares in constant time: digests have equal lengths, and all their bytes are compared. */
export async function isKey(given: string, kept: KeyDigest): Promise<boolean> {
  const asked = await digest(given);
  return asked.reduce((difference, byte, i) => difference | (byte ^ (kept[i] ?? 0xff)), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function emptyKey(): PipitError {
  return new PipitError("bad-input", {
    got: "a PIPIT_KEY of blanks only",
    expected: "a secret",
    do: "Make one with `openssl rand -hex 32`, or leave PIPIT_KEY out.",
  });
}
