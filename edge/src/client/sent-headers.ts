import { badInput, PipitError } from "@pipit/core";
import { isLegalKey, LEGAL_KEY } from "../app/access/legal-key.ts";

interface Given {
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The headers of each request: the key's, and the caller's own, which override it. Fails with `bad-input`, without showing a value. */
export function sentHeaders({ key, headers = {} }: Given): Headers {
  if (typeof headers !== "object" || headers === null) {
    throw badInput(typeof headers, "headers in an object {name: value}", "Correct `headers`, or leave it out.");
  }
  const sent = new Headers();
  if (key) sent.set("authorization", `Bearer ${checkedKey(key)}`);
  for (const [name, value] of Object.entries(headers)) {
    try {
      sent.set(name, value);
    } catch {
      throw unsendable(name);
    }
  }
  return sent;
}

function checkedKey(key: string): string {
  if (isLegalKey(key)) return key;
  throw new PipitError("bad-input", { ...LEGAL_KEY, got: `a key with ${LEGAL_KEY.got}` });
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function unsendable(name: string): PipitError {
  return new PipitError("bad-input", {
    got: HEADER_NAME.test(name)
      ? `the header ${name}, whose value cannot be sent`
      : "a header whose name cannot be sent",
    expected: "names of letters, digits and hyphens, and values of one line without characters beyond U+00FF",
    do: "Correct `headers`: encode other values, and cut off line ends.",
  });
}
