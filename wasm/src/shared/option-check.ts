import { PipitError } from "@pipit/core";

/** Each throws `bad-input`. */
export function assertWhole(name: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw badOption(`${name} of ${value}`, `a whole number from ${least} to ${most}`);
}

export function assertShare(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw badOption(`${name} of ${value}`, "0 to 1");
}

export function assertAbove(name: string, value: number): void {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return;
  throw badOption(`${name} of ${value}`, "above 0");
}

function badOption(got: string, expected: string): PipitError {
  return new PipitError("bad-input", { got, expected, do: "Pass another; nothing was done." });
}
