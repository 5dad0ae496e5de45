#!/usr/bin/env node
import { isPipitError } from "@pipit/core";
import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { models } from "./models.ts";
import { serve } from "./serve.ts";

const COMMANDS: readonly Command[] = [serve, models, doctor];

const [verb = "help", ...args] = process.argv.slice(2);
const command = COMMANDS.find(({ name }) => name === verb);

try {
  if (command) process.exitCode = await command.run(args, console.log);
  else help(verb);
} catch (error) {
  console.error(isPipitError(error) || isUsage(error) ? error.message : error);
  process.exitCode = 2;
}

function help(asked: string): void {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length)) + 2;
  for (const { usage, summary } of COMMANDS) console.log(`pipit ${usage.padEnd(width)}${summary}`);
  if (asked !== "help") process.exitCode = 2;
}

/** What node:util's parseArgs says of a flag it does not know is meant for the user, its stack is not. */
function isUsage(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
