const PRINTABLE = /^[\x21-\x7e]+$/;

/** A key that a request's header carries unchanged. Server and client check it alike. */
export function isLegalKey(key: unknown): key is string {
  return typeof key === "string" && PRINTABLE.test(key);
}

/** Messages do not show the key, because they are logged. */
export const LEGAL_KEY = {
  got: "blanks, line ends or non-ASCII characters",
  expected: "letters, digits and signs of ASCII",
  do: "Make one with `openssl rand -hex 32`. A key read from a file often has the file's line end at its end: cut that off.",
} as const;
