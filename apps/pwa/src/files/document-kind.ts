/** The way in which a file's bytes become text, or the reason why the file is skipped. */
export type DocumentKind = { readonly read: "plain" | "html" } | { readonly skip: string };

/** HTML is parsed as a whole; all other kinds stream. */
const MOST_HTML_BYTES = 20_000_000;

const PLAIN = new Set(["txt", "text", "md", "markdown", "csv", "tsv", "json", "jsonl", "log", "rst", "org", "tex"]);
const HTML = new Set(["html", "htm", "xhtml"]);
const LEFT_OUT_FOLDERS = new Set(["node_modules", "__MACOSX"]);

/** Decides by path and size only, before a byte is read. */
export function documentKind(path: string, bytes: number): DocumentKind {
  const folders = path.split("/");
  const name = folders.pop() ?? path;
  const folder = folders.find((folder) => folder.startsWith(".") || LEFT_OUT_FOLDERS.has(folder));
  if (folder) return { skip: `in the folder ${folder}, which holds no documents` };
  if (name.startsWith(".")) return { skip: "a hidden file" };
  if (bytes === 0) return { skip: "empty" };
  return kindByExtension(name, bytes);
}

function kindByExtension(name: string, bytes: number): DocumentKind {
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  if (PLAIN.has(extension)) return { read: "plain" };
  if (!HTML.has(extension))
    return { skip: extension ? `.${extension} is no kind of text Pipit reads` : "no file ending" };
  if (bytes > MOST_HTML_BYTES) return { skip: "an HTML file of more than 20 MB" };
  return { read: "html" };
}
