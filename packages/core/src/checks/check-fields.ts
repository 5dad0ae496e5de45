import { badInput, LimitError, shown } from "../bad-input.ts";
import type { Fields, FieldValue } from "../entry.ts";
import { LIMITS } from "../limits.ts";

const ADVICE = "Correct the entry and add it again; entries reported before it are stored.";
const SCALAR_SIZE = 8;

type Scalar = string | number | boolean;

/**
 * A copy of the fields as plain JSON. Throws `bad-input`. Every own property is a field, also one named `__proto__`. Each is
 * read once, so that a getter cannot return two values.
 */
export function checkedFields(fields: unknown): Fields {
  if (Object.prototype.toString.call(fields) !== "[object Object]")
    throw badInput(fields, "fields as an object", ADVICE);
  const names = Object.keys(fields as object);
  if (names.length > LIMITS.fieldsPerEntry) {
    throw new LimitError(`${names.length} fields`, `at most ${LIMITS.fieldsPerEntry}`, ADVICE);
  }
  const room: { left: number } = { left: LIMITS.fieldsCharacters };
  // fromEntries defines properties; an assignment to `__proto__` would set the prototype instead.
  return Object.fromEntries(
    names.map((name) => [checkedName(name, room), checkedValue((fields as Fields)[name], name, room)]),
  );
}

export function copyOfFields(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? value.slice() : value]),
  );
}

function checkedName(name: string, room: { left: number }): string {
  if (name.length > LIMITS.fieldNameCharacters) {
    const got = `a field name of ${name.length} characters`;
    throw new LimitError(got, `at most ${LIMITS.fieldNameCharacters}`, ADVICE);
  }
  if (!name.isWellFormed()) throw badInput(name, "a field name without half a surrogate pair", ADVICE);
  take(room, name.length);
  return name;
}

function checkedValue(value: unknown, name: string, room: { left: number }): FieldValue {
  if (!Array.isArray(value)) return checkedScalar(value, name, room);
  if (value.length > LIMITS.fieldElements) {
    const got = `a list of ${value.length} values in field ${shown(name)}`;
    throw new LimitError(got, `at most ${LIMITS.fieldElements}`, ADVICE);
  }
  // `Array.from` visits holes, which `map` skips.
  return Array.from(value, (element) => checkedScalar(element, name, room));
}

function checkedScalar(value: unknown, name: string, room: { left: number }): Scalar {
  if (!isScalar(value)) {
    const expected = `a string, finite number, boolean or list of them in field ${shown(name)}`;
    throw badInput(value, expected, ADVICE);
  }
  take(room, typeof value === "string" ? value.length + 1 : SCALAR_SIZE);
  // JSON has no -0, and it equals 0 in every filter.
  return value === 0 ? 0 : value;
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function take(room: { left: number }, size: number): void {
  room.left -= size;
  if (room.left >= 0) return;
  throw new LimitError(
    "fields that are too long",
    `at most ${LIMITS.fieldsCharacters} characters of names and values in one entry`,
    "Keep in fields what is filtered by or shown, and the rest in the text; entries reported before it are stored.",
  );
}
