import { PipitError } from "@pipit/core";

// Each check returns the value, or throws `bad-input`.

/** A whole number in that range. */
export function checkedWhole(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw badOption(name, value, `a whole number from ${least} to ${most}`);
}

/** A share, from 0 to 1. */
export function checkedShare(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw badOption(name, value, "0 to 1");
}

/** A finite number above 0. */
export function checkedPositive(name: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw badOption(name, value, "above 0");
}

/** A share above 0. */
export function checkedPositiveShare(name: string, value: number): number {
  return checkedShare(name, checkedPositive(name, value));
}

export function checkedOneOf<T extends string>(name: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw badOption(name, value, `one of ${known.join(", ")}`);
}

function badOption(name: string, value: unknown, expected: string): PipitError {
  return new PipitError("bad-input", {
    got: `${name} of ${value}`,
    expected,
    do: "Pass another value; nothing was changed.",
  });
}
