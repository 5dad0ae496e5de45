import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openStarter, TOKEN_LIMIT } from "@pipit/starter";

const FILE = fileURLToPath(import.meta.resolve("@pipit/starter/starter.pipit"));

export const starter = openStarter(new Uint8Array(readFileSync(FILE)));

/** MiniLM's window too: both models cut texts into the same tokens. */
export const window = { limit: TOKEN_LIMIT, count: (text: string) => starter.count(text) };
