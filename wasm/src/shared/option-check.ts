import { PipitError } from "@pipit/core";

/** Each returns the value, or throws `bad-input`. */

/** A whole number in that range. */
export function within(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw badOption(name, value, `a whole number from ${least} to ${most}`);
}

/** A share, from 0 to 1. */
export function share(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw badOption(name, value, "0 to 1");
}

/** A finite number above 0. */
export function above(name: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw badOption(name, value, "above 0");
}

/** A share above 0. */
export function shareAbove(name: string, value: number): number {
  return share(name, above(name, value));
}

export function oneOf<T extends string>(name: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw badOption(name, value, `one of ${known.join(", ")}`);
}

function badOption(name: string, value: unknown, expected: string): PipitError {
  return new PipitError("bad-input", {
    got: `${name} of ${value}`,
    expected,
    do: `Pass another ${name}; nothing was changed.`,
  });
}
