import { textStream } from "./text-stream.ts";

/** The words of a file in chunks, without its markup. */
export function documentText(file: Blob, read: "plain" | "html"): AsyncIterable<string> {
  return read === "plain" ? textStream(file) : htmlText(file);
}

const BLOCKS = "p,div,li,tr,br,h1,h2,h3,h4,h5,h6,section,article,blockquote,pre,dt,dd";

async function* htmlText(file: Blob): AsyncGenerator<string> {
  let html = "";
  for await (const chunk of textStream(file)) html += chunk;
  // A parsed document runs no script and loads nothing.
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const unread of page.querySelectorAll("script,style,noscript,template,svg")) unread.remove();
  for (const block of page.querySelectorAll(BLOCKS)) block.after("\n");
  yield (page.body.textContent ?? "")
    .replace(/[ \t\u00a0]+/g, " ")
    .replace(/\s*\n\s*/g, "\n")
    .trim();
}
