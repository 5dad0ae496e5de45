import type { Context, MiddlewareHandler } from "hono";
import { Refusal } from "../../app/refusal.ts";
import { acceptedEncoding, type Encoding } from "./accepted-encoding.ts";
import type { Version } from "./conditions.ts";
import { answerWithoutFile, fileAnswer, versionHeaders } from "./file-answer.ts";
import { fileHeaders, isSqueezable } from "./file-headers.ts";
import { type PlainFile, plainFile } from "./plain-file.ts";
import { unlessReading } from "./reading-only.ts";
import { SqueezedFiles } from "./squeezed-files.ts";

/** Serves the built app from `folder`: plain, by range, or compressed. */
export function staticFiles(folder: string): MiddlewareHandler {
  const squeezed = new SqueezedFiles();
  return async (c, next) => {
    const path = c.req.path === "/" ? "/index.html" : c.req.path;
    const file = await plainFile(folder, path);
    if (!file) return next();
    const other = unlessReading(c);
    if (other) return other;
    const encoding = encodingFor(c, file);
    const version = versionOf(file, encoding);
    const headers = { ...fileHeaders(path), Vary: "Accept-Encoding" };
    const { size } = file.facts;
    if (encoding === "identity") return fileAnswer(c, { path: file.path, size, version, headers });
    const answer = { ...headers, ...versionHeaders(version), "Content-Encoding": encoding };
    const settled = answerWithoutFile(c, version, answer);
    if (settled) return settled;
    return new Response(await squeezed.bytes({ path: file.path, etag: version.etag, encoding }), { headers: answer });
  };
}

/** A range refers to the plain bytes, because callers resume the plain file. */
function encodingFor(c: Context, file: PlainFile): Encoding {
  const squeezable = isSqueezable(file.path) && c.req.header("range") === undefined;
  const encoding = acceptedEncoding(
    c.req.header("accept-encoding"),
    squeezable ? ["br", "gzip", "identity"] : ["identity"],
  );
  if (encoding === undefined) throw notAcceptable(c.req.header("accept-encoding") ?? "");
  return encoding;
}

/** Each encoding has an ETag of its own, so that a cache does not mix their bytes. */
function versionOf({ facts }: PlainFile, encoding: Encoding): Version {
  const stamp = `${facts.size.toString(36)}-${Math.round(facts.mtimeMs).toString(36)}`;
  return { etag: `"${stamp}-${encoding}"`, modified: facts.mtimeMs };
}

function notAcceptable(header: string): Refusal {
  return new Refusal(406, {
    got: `Accept-Encoding: ${header}`,
    expected: "an encoding that this file is served in",
    do: "Accept identity, gzip or br.",
  });
}
