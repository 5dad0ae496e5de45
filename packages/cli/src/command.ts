import { PipitError } from "@pipit/core";

/** One verb of `pipit`. It prints through `print` alone, so that a test can read what a user would. */
export interface Command {
  readonly name: string;
  /** How it is called, after "pipit ". */
  readonly usage: string;
  readonly summary: string;
  /** Resolves to the exit status: 0 done, 1 something asked about is not right. */
  run(args: readonly string[], print: (line: string) => void): Promise<number>;
}

export function usageError(got: string, { usage }: Pick<Command, "usage">): PipitError {
  return new PipitError("bad-input", { got, expected: `pipit ${usage}`, do: "Call `pipit help` for all verbs." });
}
