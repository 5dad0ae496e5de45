import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SettingNames, serveUntilTold, VARIABLE_NAMES } from "@pipit/edge/node";
import { type Call, type Command, usage } from "./command.ts";

/** Options override environment variables, which override defaults. */
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
    // The server keeps the process running until a signal ends it.
    return 0;
  },
};

type Setting = keyof SettingNames;
const SETTINGS = Object.entries(VARIABLE_NAMES) as [Setting, string][];

/** The given options under the names of their environment variables. */
function variablesOf(options: Call["options"]): NodeJS.ProcessEnv {
  const named = SETTINGS.map(([setting, variable]) => [variable, options[setting]] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/** A setting's name in messages: its variable if that is set and the option is not, else its option. */
function namesOf(options: Call["options"]): SettingNames {
  const isOfEnvironment = ([setting, variable]: [Setting, string]) =>
    options[setting] === undefined && process.env[variable] !== undefined;
  const name = (each: [Setting, string]) => (isOfEnvironment(each) ? each[1] : `--${each[0]}`);
  return Object.fromEntries(SETTINGS.map((each) => [each[0], name(each)])) as Record<Setting, string>;
}

/** The built folder of a clone; undefined in an installed copy. */
function clonedAt(what: "apps" | "widget"): string | undefined {
  const path = what === "apps" ? "../../../apps/pwa/dist" : "../../widget/dist";
  const folder = fileURLToPath(new URL(path, import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
