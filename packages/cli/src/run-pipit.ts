import { readFileSync } from "node:fs";
import { sentenceOf } from "@pipit/edge/node";
import { closestWord } from "./closest-word.ts";
import { type Command, helpOf, readCall, table } from "./command.ts";
import { doctor } from "./doctor.ts";
import { evaluate } from "./evaluate.ts";
import { models } from "./models.ts";
import { serve } from "./serve.ts";

const COMMANDS: readonly Command[] = [serve, models, evaluate, doctor];
const HELP = new Set(["--help", "-h"]);

/** Runs the command line. Returns the exit status: 0 for success, 1 if a command that checks something found a fault, 2 for a failure. */
export async function runPipit(argv: readonly string[]): Promise<number> {
  const [name = "help", ...args] = argv;
  if (name === "--version" || name === "-v" || name === "version") return print(0, [versionOf()]);
  if (name === "help" || HELP.has(name)) return help(args[0]);
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) return unknownCommand(name);
  if (args.some((word) => HELP.has(word))) return print(0, helpOf(command));
  try {
    return await command.run(readCall(command, args), console.log);
  } catch (error) {
    console.error(sentenceOf(error) ?? error);
    return 2;
  }
}

function help(name: string | undefined): number {
  const command = COMMANDS.find((each) => each.name === name);
  if (command) return print(0, helpOf(command));
  if (name !== undefined) return unknownCommand(name);
  const commands = Object.fromEntries(COMMANDS.map(({ name: each, summary }) => [`pipit ${each}`, summary]));
  const more = { "pipit help COMMAND": "the options of a command", "pipit --version": "the version of Pipit and Node" };
  return print(0, ["Search by meaning, on this machine.", ...table({ ...commands, ...more })]);
}

function unknownCommand(name: string): number {
  const names = COMMANDS.map((each) => each.name);
  const meant = meantBy(name, names);
  const perhaps = meant ? ` Perhaps \`pipit ${meant}\` was meant.` : "";
  console.error(`got the command ${name}, expected one of ${names.join(", ")}.${perhaps} Call \`pipit help\` for all.`);
  return 2;
}

/** The probable intended text of a mistyped command, or of an option before the command. */
function meantBy(name: string, commands: readonly string[]): string | undefined {
  if (!name.startsWith("-")) return closestWord(name, [...commands, "help", "version"]);
  const [option = ""] = name.replace(/^-+/, "").split("=");
  const command = COMMANDS.find(({ options }) => Object.hasOwn(options, option));
  if (command) return `${command.name} --${option}`;
  const alone = closestWord(option, ["help", "version"]);
  return alone && `--${alone}`;
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return `pipit ${version} on Node ${process.versions.node}`;
}

function print(status: number, lines: readonly string[]): number {
  for (const line of lines) console.log(line);
  return status;
}
