import { fileURLToPath } from "node:url";
import { PipitError } from "@pipit/core";
import { buildMissing } from "./build-missing.ts";
import { serveUntilTold } from "./serve.ts";

// `npm start`: builds what is missing, opens the server, prints its address.
try {
  buildMissing();
  await serveUntilTold(process.env, fileURLToPath(new URL("../../apps/pwa/dist", import.meta.url)));
} catch (error) {
  console.error(error instanceof PipitError ? error.message : error);
  process.exit(1);
}
