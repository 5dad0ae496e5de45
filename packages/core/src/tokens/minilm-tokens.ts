/**
 * The projection of MiniLM's hidden states that is shipped: wasm/minilm-tokens.pipit, 384 values to 128. It was fitted to
 * OpenStax's textbooks and to spoken commands (NLU Evaluation), both CC BY 4.0.
 */
export const MINILM_TOKENS = {
  bytes: 50_240,
  /** Of the file, hex. */
  sha256: "e0d6331fe8a750d21136910c62765fbbc92e12f54eac2bc6051135a451819880",
  /** Of the token vectors that it makes: 16 bytes a token of a document. */
  tokenSpace: { id: "21a7514bf1d3eaa4ddffd6b85c146525", dimensions: 128 },
} as const;
