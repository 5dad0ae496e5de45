// The longest sequence in Unicode's own lists has 35 units (an emoji of a family, its skin tones and joiners).
const LONGEST = 64;
const FIRST_JOINING = 0x300;
let segmenter: Intl.Segmenter | undefined;

/**
 * The end of the last user-perceived character that ends at or before `end`, or of the first character if none does. A
 * letter with its accents, an emoji with its joiners and a line end of two units are one character each.
 */
export function characterEnd(text: string, start: number, end: number): number {
  if (end >= text.length || cannotJoin(text, end)) return end;
  const from = pairingStart(text, start, Math.max(start, wholePoint(text, end - LONGEST)));
  let before = from;
  for (const { index } of charactersIn(text.slice(from, end + LONGEST))) {
    if (from + index === end) return end;
    if (from + index > end) return before > start ? before : from + index;
    before = from + index;
  }
  return before > start ? before : Math.min(text.length, end + LONGEST);
}

/** True between plain letters: the segmenter is not needed there. */
function cannotJoin(text: string, at: number): boolean {
  const after = text.charCodeAt(at);
  return after < FIRST_JOINING && after !== 0x0a && text.charCodeAt(at - 1) < FIRST_JOINING;
}

function wholePoint(text: string, at: number): number {
  const within = at > 0 && /[\udc00-\udfff]/.test(text[at] ?? "") && /[\ud800-\udbff]/.test(text[at - 1] ?? "");
  return within ? at + 1 : at;
}

/** Flags are pairs of letters, so segmenting must begin where a run of these letters begins. */
function pairingStart(text: string, start: number, at: number): number {
  let from = at;
  while (from - 2 >= start && /^\ud83c[\udde6-\uddff]$/.test(text.slice(from - 2, from))) from -= 2;
  return from;
}

function charactersIn(text: string): Iterable<{ readonly index: number }> {
  if (typeof Intl.Segmenter !== "function") return text.matchAll(/\r\n|\P{M}\p{M}*|\p{M}+/gsu);
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}
