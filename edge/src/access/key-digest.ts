import { PipitError } from "@pipit/core";

/** SHA-256 of the key: what a server keeps of it, so that no dump or log of its memory gives it away. */
export type KeyDigest = Uint8Array;

const DIGEST_TEXT = /^sha256:([0-9a-f]{64})$/i;

/** Of the key itself, or of "sha256:" and the digest in hex, which an environment may hold in the key's place. */
export async function keyDigest(text: string): Promise<KeyDigest> {
  const hex = DIGEST_TEXT.exec(text)?.[1];
  if (hex) return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  if (text.trim() === "") throw emptyKey();
  return digest(text);
}

/** Takes as long for a wrong key as for the right one: digests are of one length, and all their bytes are compared. */
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
    expected: "a secret that nobody guesses",
    do: "Make one with `openssl rand -hex 32`, or leave PIPIT_KEY out.",
  });
}
