import { folded, SPACELESS } from "./folded-words.ts";
import { HAS_THOUSANDS, wholeOfNumber } from "./written-forms.ts";

/**
 * A word of a text: [start, end) in UTF-16 units. `word` is in the form in which words are indexed: NFKC, lower case, without
 * invisible characters, at most 64 units.
 */
export interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /**
   * Absent for the words that follow one another in the text. "joined": a compound as one word, beside its parts ("well-known" is
   * `well`, `known` and `wellknown`). "identifier": the same of a compound that is more than its parts ("v2.0.1", "camelCase").
   * "character": one character of a script without spaces, beside the pairs.
   */
  readonly beside?: "joined" | "identifier" | "character";
}

const MOST_UNITS = 64;
/** Invisible characters and marks may take most of it. */
const MOST_READ = 256;
const [FOREIGN, SPACE, LOWER, UPPER, DIGIT, SIGN] = [0, 1, 2, 3, 4, 5];
const [PLUS, HASH, COLON] = [0x2b, 0x23, 0x3a];
/** Dashes, quotes, the ellipsis and the like. Of these, two hyphens and the apostrophe join words. */
const PUNCTUATION = { first: 0x2010, last: 0x2027, hyphens: 0x2011, apostrophe: 0x2019 };
/** The kinds of characters up to punctuation. A sign may join words, but begins none. Those of ASCII that join nothing count as spaces. */
const KINDS = Uint8Array.from({ length: PUNCTUATION.last + 1 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (code >= 128) return code >= PUNCTUATION.first ? SIGN : FOREIGN;
  if (/[a-z]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  if (/\d/.test(character)) return DIGIT;
  return code < 32 || /[\s!"$%()*;<=>?[\]^`{|}~]/.test(character) ? SPACE : SIGN;
});
const UNSEEN = /\p{Default_Ignorable_Code_Point}|[\u{1f3fb}-\u{1f3ff}]/gu;
/** The compatibility forms of some signs are several words. */
const SPACES = /\s+/gu;
const INVISIBLE = "\\u00ad\\u034f\\u200b-\\u200f\\u2060-\\u2064\\ufe00-\\ufe0f";
const LETTER = `(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}${INVISIBLE}])`;
/** Signs that join words to a compound when letters or digits are on both sides: hyphens, apostrophes, and those of identifiers. */
const JOINT = "[-‐‑'’ʼ._·/:+@#&\\\\]|::|,(?=\\p{N})";
const TOKENS = new RegExp(
  `(?<run>[${SPACELESS}][${SPACELESS}\\p{M}]*)|(?<sign>\\p{RI}{2}|(?![\\0-\\x7f])\\p{S}\\p{M}*)|${LETTER}+(?:(?:${JOINT})${LETTER}+)*(?:\\+\\+|#)?(?!${LETTER})`,
  "uy",
);
const JOINTS = new RegExp(JOINT, "gu");
const PIECES = new RegExp(`${LETTER}+`, "gu");
/** Between lower and upper case, before the last of several capitals, and between letters and digits. */
const HUMPS = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=[\p{L}\p{M}])(?=\p{N})|(?<=\p{N})(?=[\p{L}])/gu;
/** Most pieces of compounds, which are told without looking behind each letter. */
const HAS_NO_HUMPS = /^(?:[A-Z]?[a-z]+|[A-Z]+|\d+)$/;
const CHARACTERS = /\P{M}\p{M}*/gu;
/** A whole whose signs say something: `v2.0.1` is not `v20.1`. */
const IS_EXACT = /[\p{N}._:/\\@#+]/u;

const IS_DIGITS = /^\p{N}+$/u;
/** Telephone numbers and dates are as long, and are written with and without signs. */
const LEAST_LONG_NUMBER = 7;

/** What is done with the tokens of a text. */
export interface TokenReader {
  /** A word of ASCII letters and digits, which in lower case is in its form. */
  plain(start: number, end: number): void;
  other(token: Token): void;
}

/** The words and signs of a text, in its order; those beside others directly after these. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  eachToken(text, {
    plain: (start, end) => void tokens.push({ word: text.slice(start, end).toLowerCase(), start, end }),
    other: (token) => void tokens.push(token),
  });
  return tokens;
}

/** Reads the same tokens one after another. A plain word costs no memory. */
export function eachToken(text: string, reader: TokenReader): void {
  for (let at = 0; at < text.length; ) {
    const kind = KINDS[text.charCodeAt(at)] ?? FOREIGN;
    if (kind === SPACE || kind === SIGN) at++;
    else {
      const end = kind === FOREIGN ? 0 : plainEnd(text, at);
      if (end > 0) reader.plain(at, end);
      at = end > 0 ? end : readAny(text, at, reader);
    }
  }
}

/**
 * The end of a word of ASCII letters, of which the first is a capital, all are or none is, or of digits, with nothing joined to it; 0 if it is no
 * such word. Most words of most texts are, and are found without the regular expressions.
 */
function plainEnd(text: string, start: number): number {
  const first = KINDS[text.charCodeAt(start)]!;
  const second = KINDS[text.charCodeAt(start + 1)];
  const rest = first === DIGIT || (first === UPPER && second === UPPER) ? first : LOWER;
  let end = start + 1;
  while (KINDS[text.charCodeAt(end)] === rest) end++;
  return end - start <= MOST_UNITS && isEndOfWord(text, end) ? end : 0;
}

function isEndOfWord(text: string, at: number): boolean {
  const sign = text.charCodeAt(at);
  const kind = KINDS[sign];
  if (at === text.length || kind === SPACE) return true;
  if (kind !== SIGN || sign === PLUS || sign === HASH) return false;
  const isJoint = sign <= PUNCTUATION.hyphens || sign === PUNCTUATION.apostrophe;
  const after = text.charCodeAt(at + 1);
  if (!isJoint || at + 1 === text.length || KINDS[after] === SPACE) return true;
  // One sign joins what a letter follows, and of two only colons do.
  return KINDS[after] === SIGN && !(sign === COLON && after === COLON);
}

/** Reads the token that begins here, if one does, and those beside it. Returns its end. */
function readAny(text: string, at: number, reader: TokenReader): number {
  TOKENS.lastIndex = at;
  const match = TOKENS.exec(text);
  if (!match) return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
  const { 0: found, groups: { run, sign } = {} } = match;
  const tokens: Token[] = [];
  if (run !== undefined) pushPairs(tokens, found, at);
  else if (sign !== undefined) push(tokens, found, { start: at });
  else pushCompound(tokens, found, at);
  for (const token of tokens) reader.other(token);
  return at + found.length;
}

function push(
  tokens: Token[],
  text: string,
  { start, end = start + text.length, beside }: Omit<Token, "word" | "end"> & { end?: number },
): void {
  const word = wordOf(text);
  if (word !== "") tokens.push(beside ? { word, start, end, beside } : { word, start, end });
}

/** The form in which a word is indexed. */
export function wordOf(text: string): string {
  // The usual case, for which the other steps change nothing.
  if (/^[a-z0-9]*$/.test(text)) return text.slice(0, MOST_UNITS);
  // Cut before it is normalized, which takes quadratic time for a run of combining marks.
  const form = text.slice(0, MOST_READ).normalize("NFKC").replace(UNSEEN, "").replace(SPACES, "");
  return form.toLowerCase().slice(0, MOST_UNITS).toWellFormed();
}

/** The form that is compared beyond the exact word: without accents too. */
export function foldedWord(word: string): string {
  return /^[a-z0-9]*$/.test(word) ? word : folded(word);
}

/** Each pair of neighbouring characters is a word, and each character is one beside them, so that a query of one character finds it. */
function pushPairs(tokens: Token[], run: string, start: number): void {
  const characters = [...run.matchAll(CHARACTERS)];
  for (const [i, { 0: character, index }] of characters.entries()) {
    const next = characters[i + 1]?.[0];
    if (next !== undefined) push(tokens, character + next, { start: start + index });
    else if (i === 0) push(tokens, character, { start: start + index });
    if (characters.length > 1) push(tokens, character, { start: start + index, beside: "character" });
  }
}

function pushCompound(tokens: Token[], compound: string, start: number): void {
  const pieces = compound.match(PIECES) ?? [];
  const parts = pieces.flatMap(humpsOf);
  let at = 0;
  for (const part of parts) {
    at = compound.indexOf(part, at);
    push(tokens, part, { start: start + at });
    at += part.length;
  }
  const whole = wholeOfNumber(compound);
  if (whole !== undefined)
    push(tokens, whole.replace(JOINTS, ""), { start, end: start + whole.length, beside: "joined" });
  const isExact = IS_EXACT.test(compound);
  if (parts.length < 2 && !isExact) return;
  const beside = isExact || parts.length > pieces.length ? "identifier" : "joined";
  const all = { start, end: start + compound.length, beside } as const;
  const joined = compound.replace(JOINTS, "");
  if (parts.length > 1 && isSameWithoutSigns(compound, joined)) push(tokens, joined, all);
  if (isExact && compound !== joined) push(tokens, compound, all);
}

/** False for `1.9`, `2-1` and `10:30`: without its sign it is another number. */
function isSameWithoutSigns(compound: string, joined: string): boolean {
  return joined.length >= LEAST_LONG_NUMBER || !IS_DIGITS.test(joined) || HAS_THOUSANDS.test(compound);
}

function humpsOf(piece: string): string[] {
  return HAS_NO_HUMPS.test(piece) ? [piece] : piece.split(HUMPS);
}
