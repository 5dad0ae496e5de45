import { parseArgs } from "node:util";
import { PipitError } from "@pipit/core";
import { closestWord } from "./closest-word.ts";

export interface Option {
  /** The placeholder of its value in the help: "PORT", "FOLDER". */
  readonly value: string;
  readonly help: string;
}

/** One command of `pipit`. It prints only through `print`, so that tests read the same lines as users. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Its verbs, each with a description. Without verbs and argument the command takes no word. */
  readonly verbs?: Readonly<Record<string, string>>;
  /** In place of verbs: the one word that it takes, and must be given. */
  readonly argument?: Option;
  readonly options: Readonly<Record<string, Option>>;
  /** Resolves to the exit status: 0 for success, 1 if a checked item has a fault. */
  run(call: Call, print: (line: string) => void): Promise<number>;
}

export interface Call {
  readonly verb: string | undefined;
  /** The word of a command that takes an argument. */
  readonly argument?: string | undefined;
  readonly options: Readonly<Record<string, string | undefined>>;
}

/** Parses the arguments after the command's name. Throws `bad-input` for unknown ones. */
export function readCall(command: Command, args: readonly string[]): Call {
  const { name, options, verbs = {} } = command;
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(Object.keys(options).map((option) => [option, { type: "string" as const }])),
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(options, token.name))
      throw unknown(`the option ${token.rawName}`, Object.keys(options), command);
    // If the next word looks like an option, the value is missing. A value that begins with "-" needs "=".
    if (!token.value || (!token.inlineValue && token.value.startsWith("-")))
      throw usage(`--${token.name} without a value`, `--${token.name} ${options[token.name]!.value}`, command);
  }
  if (command.argument)
    return { verb: undefined, argument: argumentOf(positionals, command), options: values as Call["options"] };
  const [verb, ...more] = positionals;
  if (verb !== undefined && !Object.hasOwn(verbs, verb)) throw unknown(`${name} ${verb}`, Object.keys(verbs), command);
  if (more.length > 0) throw usage(`${name} ${positionals.join(" ")}`, "one word at most", command);
  return { verb, options: values as Call["options"] };
}

function argumentOf(words: readonly string[], command: Command): string {
  const [argument, ...more] = words;
  if (argument !== undefined && more.length === 0) return argument;
  const { name } = command;
  throw usage(words.length > 0 ? `${name} ${words.join(" ")}` : name, `${name} ${command.argument?.value}`, command);
}

/** The help of one command, as lines. */
export function helpOf({ name, summary, verbs = {}, argument, options }: Command): string[] {
  const verbNames = Object.keys(verbs);
  const word = argument ? ` ${argument.value}` : verbNames.length > 0 ? ` ${verbNames.join("|")}` : "";
  return [
    `pipit ${name}${word} [options]`,
    `  ${summary}`,
    ...table(argument ? { [argument.value]: argument.help } : verbs),
    ...table(
      Object.fromEntries(Object.entries(options).map(([option, { value, help }]) => [`--${option} ${value}`, help])),
    ),
  ];
}

/** Two columns after a blank line; no lines for no rows. */
export function table(rows: Readonly<Record<string, string>>): string[] {
  const width = Math.max(0, ...Object.keys(rows).map((left) => left.length)) + 2;
  const lines = Object.entries(rows).map(([left, right]) => `  ${left.padEnd(width)}${right}`);
  return lines.length > 0 ? ["", ...lines] : [];
}

export function usage(got: string, expected: string, { name }: Pick<Command, "name">): PipitError {
  return new PipitError("bad-input", { got, expected, do: `Call \`pipit help ${name}\` for what it takes.` });
}

function unknown(got: string, known: readonly string[], command: Command): PipitError {
  const name = got.replace(/^.* -*/, "");
  const meant = closestWord(name, known);
  const prefix = got.startsWith("the option") ? "--" : "";
  const expected = known.length > 0 ? `one of ${known.map((each) => prefix + each).join(", ")}` : "no word behind it";
  return usage(got, meant ? `${expected}; perhaps ${prefix}${meant}` : expected, command);
}
