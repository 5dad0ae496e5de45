import { badInput, LimitError, shown } from "../bad-input.ts";
import type { Medium } from "../entry.ts";
import { LIMITS } from "../limits.ts";

const NAMES: readonly (keyof Medium)[] = ["bytes", "type", "name"];
const IS_MEDIA_TYPE = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/i;
const CORRECT = "Correct the entry and add it again.";

/** Media as they are stored, with bytes of their own. Throws `bad-input`. */
export function checkedMedia(given: unknown): Medium[] {
  if (!Array.isArray(given)) throw badInput(given, "media as a list", CORRECT);
  if (given.length > LIMITS.mediaPerEntry)
    throw new LimitError(`${given.length} media`, `at most ${LIMITS.mediaPerEntry}`, "Add them as several entries.");
  return Array.from(given, checkedMedium);
}

/** Bytes of a file, copied. Throws `bad-input`. */
export function checkedBytes(bytes: unknown): Uint8Array<ArrayBuffer> {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0)
    throw badInput(bytes, "the bytes of a file as a Uint8Array", "Read the file, and pass what it holds.");
  if (bytes.length > LIMITS.mediumBytes)
    throw new LimitError(`a file of ${bytes.length} bytes`, `at most ${LIMITS.mediumBytes}`, "Make it smaller.");
  return new Uint8Array(bytes);
}

function checkedMedium(given: unknown): Medium {
  if (typeof given !== "object" || given === null) throw badInput(given, "a medium {bytes, type?, name?}", CORRECT);
  const { bytes, type, name } = given as Partial<Medium>;
  const unknown = Object.keys(given).find((each) => !NAMES.includes(each as keyof Medium));
  if (unknown !== undefined) throw badInput(given, "a medium {bytes, type?, name?}", `Leave out ${shown(unknown)}.`);
  if (type !== undefined && !(typeof type === "string" && IS_MEDIA_TYPE.test(type)))
    throw badInput(type, 'a media type, such as "image/jpeg"', "Leave it out: the bytes tell it.");
  if (name !== undefined && typeof name !== "string") throw badInput(name, "a name as a string", CORRECT);
  if (name !== undefined && name.length > LIMITS.mediumNameCharacters)
    throw new LimitError(`a name of ${name.length} characters`, `at most ${LIMITS.mediumNameCharacters}`, CORRECT);
  return {
    bytes: checkedBytes(bytes),
    ...(type !== undefined && { type: type.toLowerCase() }),
    ...(name !== undefined && { name: name.toWellFormed() }),
  };
}
