import { folded, SPACELESS } from "./folded-words.ts";

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
const [OTHER, SPACE, LOWER, UPPER, DIGIT] = [0, 1, 2, 3, 4];
const [FULL_STOP, COMMA] = [0x2e, 0x2c];
/** The kinds of ASCII characters. Signs that join nothing and are no words count as spaces. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  if (/\d/.test(character)) return DIGIT;
  return code < 32 || /[\s!"$%()*;<=>?[\]^`{|}~]/.test(character) ? SPACE : OTHER;
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
const CHARACTERS = /\P{M}\p{M}*/gu;
/** A whole whose signs say something: `v2.0.1` is not `v20.1`. */
const IS_EXACT = /[\p{N}._:/\\@#+]/u;

/** The words and signs of a text, in its order; those beside others directly after these. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const kind = KINDS[text.charCodeAt(at)] ?? OTHER;
    if (kind === SPACE) at++;
    else if (kind === OTHER) at = pushAny(tokens, text, at);
    else {
      const end = plainEnd(text, at);
      if (end > 0) tokens.push({ word: text.slice(at, Math.min(end, at + MOST_UNITS)).toLowerCase(), start: at, end });
      at = end > 0 ? end : pushAny(tokens, text, at);
    }
  }
  return tokens;
}

/**
 * The end of a word of ASCII letters, of which at most the first is a capital, or of digits, with nothing joined to it; 0 if it is no such
 * word. Most words of most texts are, and are found without the regular expressions.
 */
function plainEnd(text: string, start: number): number {
  const first = KINDS[text.charCodeAt(start)]!;
  const rest = first === DIGIT ? DIGIT : LOWER;
  let end = start + 1;
  while (KINDS[text.charCodeAt(end)] === rest) end++;
  if (end === text.length) return end;
  const next = text.charCodeAt(end);
  if (KINDS[next] === SPACE) return end;
  // A sign at the end of a sentence joins nothing; any other may.
  const isEnd =
    (next === FULL_STOP || next === COMMA) && (end + 1 === text.length || KINDS[text.charCodeAt(end + 1)] === SPACE);
  return isEnd ? end : 0;
}

/** Pushes the token that begins here, if one does, and returns its end. */
function pushAny(tokens: Token[], text: string, at: number): number {
  TOKENS.lastIndex = at;
  const match = TOKENS.exec(text);
  if (!match) return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
  const { 0: found, groups: { run, sign } = {} } = match;
  if (run !== undefined) pushPairs(tokens, found, at);
  else if (sign !== undefined) push(tokens, found, { start: at });
  else pushCompound(tokens, found, at);
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
  const pieces = [...compound.matchAll(PIECES)];
  const parts = pieces.flatMap(({ 0: piece, index }) => humpsOf(piece, index));
  for (const { text, at } of parts) push(tokens, text, { start: start + at });
  const isExact = IS_EXACT.test(compound);
  const beside = isExact || parts.length > pieces.length ? "identifier" : "joined";
  const whole = { start, end: start + compound.length, beside } as const;
  const joined = compound.replace(JOINTS, "");
  if (parts.length > 1) push(tokens, joined, whole);
  if (isExact && compound !== joined) push(tokens, compound, whole);
}

function humpsOf(piece: string, at: number): { text: string; at: number }[] {
  const ends = [...piece.matchAll(HUMPS)].map(({ index }) => index);
  let from = 0;
  return [...ends, piece.length].map((end) => {
    const part = { text: piece.slice(from, end), at: at + from };
    from = end;
    return part;
  });
}
