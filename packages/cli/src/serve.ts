import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SettingNames, serveUntilTold, VARIABLE_NAMES } from "@pipit/edge/node";
import { type Call, type Command, usage } from "./command.ts";

/** Options override environment variables, which override defaults. */
export const serve: Command = {
  name: "serve",
  summary: "start the edge server; PIPIT_KEY, PIPIT_ORIGINS, PIPIT_HOSTS and PIPIT_PUBLIC_SEARCH set access",
  options: {
    port: { value: "PORT", help: "port to listen on; 0 takes any free port (PORT, default 3000)" },
    host: {
      value: "HOST",
      help: "address to listen on; other than loopback it needs PIPIT_KEY (HOST, default 127.0.0.1)",
    },
    data: { value: "FOLDER", help: "folder of collections (PIPIT_DATA, default .pipit)" },
    models: { value: "LIST", help: "folders or URLs with models, separated by commas (PIPIT_MODELS, default none)" },
    runtime: { value: "NAME", help: "kernel or native: the runtime for MiniLM (PIPIT_RUNTIME, default the faster)" },
    language: { value: "TAG", help: "language of the entries, for search by words (PIPIT_LANGUAGE, default en)" },
    app: { value: "FOLDER", help: "a built app to serve at / (default in a clone: the field guide, if it is built)" },
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
