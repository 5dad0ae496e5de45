import { readFileSync } from "node:fs";
import { sentenceOf } from "@pipit/edge/node";
import { type Command, helpOf, readCall, table } from "./command.ts";
import { doctor } from "./doctor.ts";
import { models } from "./models.ts";
import { nearest } from "./nearest.ts";
import { serve } from "./serve.ts";

const COMMANDS: readonly Command[] = [serve, models, doctor];
const HELP = new Set(["--help", "-h"]);

/** Runs the command in `words`. Returns the exit status: 0 for success, 1 if a checked item is not right, 2 for a failure. */
export async function runPipit(words: readonly string[]): Promise<number> {
  const [name = "help", ...args] = words;
  if (name === "--version" || name === "-v" || name === "version") return say(0, [versionOf()]);
  if (name === "help" || HELP.has(name)) return help(args[0]);
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) return unknownCommand(name);
  if (args.some((word) => HELP.has(word))) return say(0, helpOf(command));
  try {
    return await command.run(readCall(command, args), console.log);
  } catch (error) {
    console.error(sentenceOf(error) ?? error);
    return 2;
  }
}

function help(name: string | undefined): number {
  const command = COMMANDS.find((each) => each.name === name);
  if (command) return say(0, helpOf(command));
  if (name !== undefined) return unknownCommand(name);
  const commands = Object.fromEntries(COMMANDS.map(({ name: each, summary }) => [`pipit ${each}`, summary]));
  const more = { "pipit help COMMAND": "the options of a command", "pipit --version": "the version of Pipit and Node" };
  return say(0, ["Search by meaning, on this machine.", ...table({ ...commands, ...more })]);
}

function unknownCommand(name: string): number {
  const names = COMMANDS.map((each) => each.name);
  const meant = meantBy(name, names);
  const perhaps = meant ? ` Perhaps \`pipit ${meant}\` was meant.` : "";
  console.error(`got the command ${name}, expected one of ${names.join(", ")}.${perhaps} Call \`pipit help\` for all.`);
  return 2;
}

/** For an option before any command: a similar global option, or the command that takes it. */
function meantBy(name: string, commands: readonly string[]): string | undefined {
  if (!name.startsWith("-")) return nearest(name, [...commands, "help", "version"]);
  const [option = ""] = name.replace(/^-+/, "").split("=");
  const command = COMMANDS.find(({ options }) => Object.hasOwn(options, option));
  if (command) return `${command.name} --${option}`;
  const alone = nearest(option, ["help", "version"]);
  return alone && `--${alone}`;
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return `pipit ${version} on Node ${process.versions.node}`;
}

function say(status: number, lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return status;
}
