import { fileURLToPath } from "node:url";
import { returnFreedMemory } from "../src/node/freed-memory.ts";
import { sentenceOf } from "../src/node/sentence-of.ts";
import { serveUntilTold } from "../src/node/serve.ts";
import { buildMissing } from "./build-missing.ts";

// `npm start`: builds missing files, opens the server, prints its address.
returnFreedMemory();
try {
  buildMissing();
  const [app, widget] = ["../../apps/pwa/dist", "../../packages/widget/dist"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  await serveUntilTold(process.env, { app, widget });
} catch (error) {
  console.error(sentenceOf(error) ?? error);
  process.exit(1);
}
