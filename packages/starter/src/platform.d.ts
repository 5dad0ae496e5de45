/** The one global beyond the language that this room uses; every runtime has it. */
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
