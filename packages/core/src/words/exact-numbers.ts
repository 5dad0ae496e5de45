import { HAS_THOUSANDS, wholeOfNumber, writtenForms } from "./written-forms.ts";

const IS_NUMBER = /^\p{N}+(?:[.,'’]\p{N}+)*$/u;
/** `20.95`, `20,95`. */
const HAS_POINT = /^\p{N}+[.,]\p{N}+$/u;
const ENDS_IN_ZEROS = /[.,]?0+$/;
const HAS_ONE_DECIMAL = /[.,]\p{N}$/u;
const NO_DIGIT = /\P{N}/gu;
const OUTER_ZEROS = /^0+|0+$/g;
/** Of an integer without signs: one with less is a number of things or a year, which a text may tell otherwise. */
const LEAST_DIGITS = 5;
/** Of an integer without the zeros at its end: `12,500` may be written in words. */
const LEAST_TELLING = 4;
/** Of a number with a fraction. Texts have other forms of `2.5`. */
const LEAST_OF_FRACTION = 3;

/** True for a number, as `wordOf` forms it, that is meant to the last digit: an amount of money, a measured value, a postal code. */
export function isExactNumber(word: string): boolean {
  if (!IS_NUMBER.test(word)) return false;
  const digits = word.replace(NO_DIGIT, "");
  if (hasFraction(word)) return digits.length >= LEAST_OF_FRACTION;
  const isLong = digits.length >= LEAST_DIGITS || digits !== word;
  return isLong && digits.replace(OUTER_ZEROS, "").length >= LEAST_TELLING;
}

/**
 * Other forms of a word: those of `writtenForms`, and of a number with a fraction those with more or fewer zeros at its end, and with points for
 * commas.
 */
export function equalForms(word: string): string[] {
  const forms = writtenForms(word);
  if (!hasFraction(word)) return forms;
  const all = [word, ...forms].flatMap((form) => [form, ...withOtherZeros(form)]);
  return [...all, ...all.map(withOtherPoints)];
}

function withOtherPoints(number: string): string {
  return number.replace(/[.,]/g, (sign) => (sign === "." ? "," : "."));
}

function withOtherZeros(number: string): string[] {
  const short = number.replace(ENDS_IN_ZEROS, "");
  return HAS_ONE_DECIMAL.test(short) ? [short, `${short}0`] : [short];
}

function hasFraction(word: string): boolean {
  return wholeOfNumber(word) !== undefined || (HAS_POINT.test(word) && !HAS_THOUSANDS.test(word));
}
