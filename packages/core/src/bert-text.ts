// Beyond the basic plane, as the reference tokenizer (Rust) has them: its block E begins 256 code points late.
const IDEOGRAPHS =
  /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const CONCERNED = /[\u03a3\ud840-\ud87e]/;

/**
 * Rewrites a text where JavaScript tokenizers differ from BERT's uncased rules. Each ideograph beyond the basic plane is a word of
 * its own. A capital sigma becomes the same small letter everywhere in a word, because BERT lower-cases each character alone.
 */
export function bertText(text: string): string {
  return CONCERNED.test(text) ? text.replace(IDEOGRAPHS, " $& ").replaceAll("\u03a3", "\u03c3") : text;
}
