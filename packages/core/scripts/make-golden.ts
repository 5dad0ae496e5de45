/**
 * Writes models/minilm-golden.ts from the reference vectors: `node --conditions=pipit-source packages/core/scripts/make-golden.ts
 * <folder with reference/texts.json and reference/fp32.f32>`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { encodeGolden } from "../src/models/golden-vectors.ts";

const DIMENSIONS = 384;
// One word, a plain sentence, accents, and a sentence of another length.
const TEXTS = [
  "hello world",
  "small brown bird that sings while flying",
  "naïve café résumé Ångström",
  "C++ templates and C# generics",
];

const folder = process.argv[2];
if (!folder) throw new Error("say the folder that holds reference/texts.json");
const texts: { text: string }[] = JSON.parse(readFileSync(`${folder}/reference/texts.json`, "utf8"));
const vectors = new Float32Array(new Uint8Array(readFileSync(`${folder}/reference/fp32.f32`)).buffer);

const chosen = new Float32Array(TEXTS.length * DIMENSIONS);
TEXTS.forEach((expected, i) => {
  const row = texts.findIndex(({ text }) => text === expected);
  if (row < 0) throw new Error(`the reference has no text ${expected}`);
  chosen.set(vectors.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS), i * DIMENSIONS);
});

const base64 = Buffer.from(encodeGolden(chosen)).toString("base64");
writeFileSync(
  new URL("../src/models/minilm-golden.ts", import.meta.url),
  `import { textPiece } from "../prepare/text-piece.ts";
import { decodeGolden, type Golden } from "./golden-vectors.ts";

const TEXTS = ${JSON.stringify(TEXTS)};

// Made by scripts/make-golden.ts from PyTorch's fp32 vectors.
const VECTORS =
  "${base64}";

/** The fp32 vectors of all-MiniLM-L6-v2, for \`proveModel\`. */
export const MINILM_GOLDEN: Golden = { pieces: TEXTS.map(textPiece), vectors: decodeGolden(VECTORS, ${DIMENSIONS}) };
`,
);
