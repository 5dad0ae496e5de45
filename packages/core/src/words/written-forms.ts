/** `v2.0.1`. Many write versions without the letter. Without points it may be any number. */
const HAS_VERSION_LETTER = /^v(?=\p{N}+\.)/u;
/** `2.0`, `192.168.0.1`. */
const IS_DOTTED = /^\p{N}+(?:\.\p{N}+)+$/u;
/** `1,299.00` and `1.299,00`: a number with signs between thousands, and a fraction. */
const HAS_FRACTION = /^(?<whole>\p{N}{1,3}(?<sign>[.,'’])\p{N}{3}(?:\k<sign>\p{N}{3})*)(?!\k<sign>)[.,]\p{N}+$/u;
/** `10,000`, `1.234.567`, `1,00,000`. */
export const HAS_THOUSANDS = /^\p{N}{1,3}(?:[.,'’]\p{N}{2,3})*[.,'’]\p{N}{3}$/u;
/** `1299.00`. */
const IS_LONG_NUMBER = /^(?<whole>\p{N}{4,15})(?<point>[.,])(?<fraction>\p{N}+)$/u;
/** `get_user_name`, `os.path`. */
const IS_NAME = /^[\p{L}\p{M}]+(?:[-._:/\\@]+[\p{L}\p{M}]+)+$/u;
const IS_NO_LETTER = /[^\p{L}\p{M}]/gu;
const SIGNS = /[.,'’]/gu;
const THOUSANDS = /\B(?=(?:\p{N}{3})+$)/gu;

/**
 * The other forms in which texts may have an identifier: a version with or without its `v`, a number with or without signs between thousands, a
 * name without its signs, as `getUserName` is indexed too.
 */
export function writtenForms(word: string): string[] {
  if (IS_NAME.test(word)) return [word.replace(IS_NO_LETTER, "")];
  if (HAS_VERSION_LETTER.test(word)) return [word.slice(1)];
  return [...(IS_DOTTED.test(word) ? [`v${word}`] : []), ...numberForms(word)];
}

function numberForms(word: string): string[] {
  const whole = wholeOfNumber(word);
  if (whole !== undefined) return [whole.replace(SIGNS, "") + word.slice(whole.length)];
  const { groups } = IS_LONG_NUMBER.exec(word) ?? {};
  if (!groups) return [];
  const sign = groups.point === "." ? "," : ".";
  return [`${groups.whole!.replace(THOUSANDS, sign)}${groups.point}${groups.fraction}`];
}

/** What is before the fraction of a number that has signs between its thousands; undefined for any other text. */
export function wholeOfNumber(text: string): string | undefined {
  return HAS_FRACTION.exec(text)?.groups?.whole;
}
