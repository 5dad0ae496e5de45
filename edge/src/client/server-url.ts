import { PipitError } from "@pipit/core";

const MOST_SHOWN = 60;

/** Parses the URL of a server into one that requests can use. Fails with `bad-input`; messages do not show a user name or password. */
export function serverUrl(text: string): URL {
  if (!URL.canParse(text)) throw refusal(text, "that cannot be read");
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) throw refusal(text, "of another scheme");
  if (url.username || url.password) throw withCredentials();
  return url;
}

/** The URL as messages show it, without its query, which may hold a secret. */
export function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}

function refusal(text: string, why: string): PipitError {
  // The text before an @ may be a password.
  const which = String(text).includes("@") ? "a URL" : `the URL "${String(text).slice(0, MOST_SHOWN)}"`;
  return new PipitError("bad-input", {
    got: `${which} ${why}`,
    expected: "an absolute URL that begins with https:// or http://, like https://search.example",
    do: "Say where the Pipit server listens, with the scheme, as http://localhost:8787.",
  });
}

function withCredentials(): PipitError {
  return new PipitError("bad-input", {
    got: "a URL with a user name or password",
    expected: "a URL without them: a request cannot have them there",
    do: "Give a key as `key`, and what a proxy asks for as `headers: { authorization: ... }`.",
  });
}
