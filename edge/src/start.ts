import { fileURLToPath } from "node:url";
import { buildMissing } from "./build-missing.ts";
import { returnFreedMemory } from "./freed-memory.ts";
import { sentenceOf } from "./sentence-of.ts";
import { serveUntilTold } from "./serve.ts";

// `npm start`: builds what is missing, opens the server, prints its address.
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
