import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SettingNames, serveUntilTold, VARIABLE_NAMES } from "@pipit/edge/node";
import { type Call, type Command, usage } from "./command.ts";

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
    const { app } = options;
    if (app !== undefined && !existsSync(join(app, "index.html")))
      throw usage(`--app ${app}, where no index.html lies`, "the folder of a built app", serve);
    const variables = { ...process.env, ...variablesOf(options) };
    const pages = { app: app ?? clonedAt("apps"), widget: clonedAt("widget") };
    await serveUntilTold(variables, { ...pages, names: namesOf(options) });
    // The server keeps the process until a signal ends it.
    return 0;
  },
};

type Setting = keyof SettingNames;
const SETTINGS = Object.entries(VARIABLE_NAMES) as [Setting, string][];

/** What was told by options, under the names that the environment has for it. */
function variablesOf(options: Call["options"]): NodeJS.ProcessEnv {
  const named = SETTINGS.map(([setting, variable]) => [variable, options[setting]] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/** A setting is called as whoever gave it wrote it; one that nobody gave, by its option. */
function namesOf(options: Call["options"]): SettingNames {
  const isOfEnvironment = ([setting, variable]: [Setting, string]) =>
    options[setting] === undefined && process.env[variable] !== undefined;
  const name = (each: [Setting, string]) => (isOfEnvironment(each) ? each[1] : `--${each[0]}`);
  return Object.fromEntries(SETTINGS.map((each) => [each[0], name(each)])) as Record<Setting, string>;
}

/** What a clone has built; undefined in an installed copy. */
function clonedAt(what: "apps" | "widget"): string | undefined {
  const path = what === "apps" ? "../../../apps/pwa/dist" : "../../widget/dist";
  const folder = fileURLToPath(new URL(path, import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
