import { PipitError, untilAborted } from "@pipit/core";
import { readAnswer } from "./read-answer.ts";
import { failureOf, foreign, redirected, unreachable, unreadable } from "./server-failures.ts";
import type { Shape } from "./shape.ts";

export interface Call<T> {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** The schema of the answer. */
  readonly answer: Shape<T>;
}

export interface RequestParts {
  /** The server's base URL; behind a proxy it may have a path. */
  readonly base: URL;
  readonly headers: Headers;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/** Sends calls to a server and checks its answers. */
export class Requests {
  readonly #parts: RequestParts;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** Fails with the server's errors, with `remote-failed` for any answer that is not a Pipit server's, and when the signal aborts. */
  async send<T>(call: Call<T>, signal: AbortSignal): Promise<T> {
    const { base, fetch } = this.#parts;
    signal.throwIfAborted();
    const request = this.#requestOf(call, signal);
    let response: Response | undefined;
    try {
      // A custom `fetch` may ignore the signal.
      response = await untilAborted(fetch(request), signal);
      return await this.#read(call, response, signal);
    } catch (error) {
      if (error instanceof PipitError) throw error;
      throw response ? unreadable(base, error) : unreachable(base, call.path, error);
    }
  }

  #requestOf({ method, path, body }: Call<unknown>, signal: AbortSignal): Request {
    const headers = new Headers(this.#parts.headers);
    if (body !== undefined) headers.set("content-type", "application/json");
    return new Request(urlUnder(this.#parts.base, path), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      redirect: "manual",
      signal,
    });
  }

  async #read<T>({ path, answer }: Call<T>, response: Response, signal: AbortSignal): Promise<T> {
    const { base } = this.#parts;
    if (isRedirect(response)) {
      void response.body?.cancel().catch(() => undefined);
      throw redirected(base, path, response);
    }
    const text = await readAnswer(response, signal);
    if (!response.ok) throw failureOf(base, response, text);
    const value: unknown = response.status === 204 ? undefined : JSON.parse(text);
    if (!answer(value)) throw foreign(base, response, text);
    return value;
  }
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Browsers give pages an opaque response of status 0 for a redirect that is not followed. A custom `fetch` may have followed it. */
function isRedirect({ type, status, redirected }: Response): boolean {
  return redirected || type === "opaqueredirect" || REDIRECTS.includes(status);
}

function urlUnder(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}${path}`;
  url.hash = "";
  return url;
}
