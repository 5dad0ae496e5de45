import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Embedder, MINILM_SPACE, PipitError } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";

/** Opens the starter's file from its package in this thread. Fails with `model-unavailable` if the file is missing. */
export async function openStarterFile(): Promise<Embedder> {
  const path = fileURLToPath(import.meta.resolve("@pipit/starter/starter.pipit"));
  if (!existsSync(path)) throw starterMissing();
  return createStarterEmbedder(await readFile(path), MINILM_SPACE);
}

function starterMissing(): PipitError {
  return new PipitError("model-unavailable", {
    got: "no file starter.pipit",
    expected: "the starter's weights beside its package",
    do: "Run `npm run build`, or take a complete checkout.",
  });
}
