import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serveUntilTold } from "@pipit/edge/node";
import type { Command } from "./command.ts";

/** What each option is called in the environment, which `npm start` reads too. */
const VARIABLES = { port: "PORT", host: "HOST", data: "PIPIT_DATA", models: "PIPIT_MODELS", runtime: "PIPIT_RUNTIME" };

/** Options before environment before defaults. */
export const serve: Command = {
  name: "serve",
  summary: "the edge server on this machine; PIPIT_KEY, PIPIT_ORIGINS and PIPIT_HOSTS say who may ask",
  options: {
    port: { value: "PORT", help: "where to listen; 0 takes any free one (PORT, 3000)" },
    host: { value: "HOST", help: "on which interface; beyond loopback it wants PIPIT_KEY (HOST, 127.0.0.1)" },
    data: { value: "FOLDER", help: "where collections are kept (PIPIT_DATA, .pipit)" },
    models: { value: "LIST", help: "folders or URLs with models, comma between (PIPIT_MODELS, none)" },
    runtime: { value: "NAME", help: "kernel or native: what computes MiniLM (PIPIT_RUNTIME, the quicker)" },
    app: { value: "FOLDER", help: "a built app to serve at / (in a clone the field guide, when it is built)" },
  },
  async run({ options }) {
    const named = Object.entries(VARIABLES).map(([option, variable]) => [variable, options[option]] as const);
    const told = Object.fromEntries(named.filter(([, value]) => value !== undefined));
    await serveUntilTold(
      { ...process.env, ...told },
      { app: options.app ?? clonedAt("apps"), widget: clonedAt("widget") },
    );
    // The server keeps the process until a signal ends it.
    return 0;
  },
};

/** What a clone has built; undefined in an installed copy. */
function clonedAt(what: "apps" | "widget"): string | undefined {
  const path = what === "apps" ? "../../../apps/pwa/dist" : "../../widget/dist";
  const folder = fileURLToPath(new URL(path, import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
