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

/** Parses HTML. The document is not shown, so that it runs no script and loads nothing. */
function parsed(html: string): Document {
  const parser = new DOMParser();
  if (/^\s*<\?xml\s/.test(html)) {
    const page = parser.parseFromString(htmlToRead(html), "application/xhtml+xml");
    if (!page.querySelector("parsererror")) return page;
  }
  return parser.parseFromString(htmlToRead(html), "text/html");
}
