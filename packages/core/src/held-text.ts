// A visible character: no space, control, format, private or ignorable character (zero-width, soft hyphen, variation selector),
// no mark alone, and not U+FFFD, which decoders put in place of invalid bytes. U+2800 is a blank in Braille.
const HELD =
  /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufffd\u2800]/u;

/** Whether a text has any visible character. */
export function holdsText(text: string): boolean {
  return HELD.test(text);
}
