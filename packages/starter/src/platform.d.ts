/** The only global beyond the language that this package uses; every runtime has it. */
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
