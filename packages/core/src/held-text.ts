// Neither space nor control, format, private or ignorable character (zero-width, soft hyphen, variation selector), nor a mark alone,
// nor what a decoder puts for bytes it cannot read. U+2800 is a blank in Braille.
const HELD =
  /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{M}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufffd\u2800]/u;

/** Whether a text holds anything that a reader could see. */
export function holdsText(text: string): boolean {
  return HELD.test(text);
}
