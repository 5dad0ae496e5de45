import { htmlToRead } from "../trusted.ts";
import { pageText } from "./page-text.ts";
import type { TextKind } from "./text-encoding.ts";
import { textStream } from "./text-stream.ts";

/** The text of a file in chunks, without its markup. `onGuess` is called if its encoding is guessed. */
export function documentText(file: Blob, kind: TextKind, onGuess?: () => void): AsyncIterable<string> {
  return kind === "plain" ? textStream(file, kind, onGuess) : htmlText(file, onGuess);
}

async function* htmlText(file: Blob, onGuess: (() => void) | undefined): AsyncGenerator<string> {
  let html = "";
  for await (const chunk of textStream(file, "html", onGuess)) html += chunk;
  yield pageText(parsed(html));
}

const HEAD_CHARACTERS = 10_000;
const COMMENT = /<!--[\s\S]*?-->/g;
const XML = /^\s*<\?xml\s/;
const XHTML_ROOT = /^\s*(?:<!doctype[^>]*>\s*)?<html\s[^>]*\bxmlns\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml["']/i;

/** In XHTML an element may end in its start tag; an HTML parser would leave it open. */
function saysXhtml(html: string): boolean {
  return XML.test(html) || XHTML_ROOT.test(html.slice(0, HEAD_CHARACTERS).replace(COMMENT, ""));
}

/** Parses HTML. The document is not shown, so it runs no script and loads nothing. */
function parsed(html: string): Document {
  const parser = new DOMParser();
  if (saysXhtml(html)) {
    const page = parser.parseFromString(htmlToRead(html), "application/xhtml+xml");
    if (!page.querySelector("parsererror")) return page;
  }
  return parser.parseFromString(htmlToRead(html), "text/html");
}
