/** Whether a value read from JSON is a T. Properties that a T does not have are allowed: a newer server may send more. */
export type Shape<T> = (value: unknown) => value is T;

type ShapesOf<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

export const text: Shape<string> = (value) => typeof value === "string";
export const finite: Shape<number> = (value): value is number => Number.isFinite(value);
export const flag: Shape<boolean> = (value) => typeof value === "boolean";
/** A whole number, at least 0. */
export const count: Shape<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
/** Any object but a list. */
export const anyObject: Shape<object> = (value): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function exactly<T>(expected: T): Shape<T> {
  return (value): value is T => value === expected;
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || shape(value);
}

export function oneOf<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(shape);
}

export function objectOf<T>(shapes: ShapesOf<T>): Shape<T> {
  const members = Object.entries(shapes) as [string, Shape<unknown>][];
  return (value): value is T =>
    anyObject(value) && members.every(([name, shape]) => shape((value as Record<string, unknown>)[name]));
}

/** An object that may lack members of a T. Its present members have the types that T gives them. */
export function partOf<T>(shapes: ShapesOf<T>): Shape<T> {
  const members = Object.entries(shapes) as [string, Shape<unknown>][];
  return objectOf<T>(Object.fromEntries(members.map(([name, shape]) => [name, optional(shape)])) as ShapesOf<T>);
}
