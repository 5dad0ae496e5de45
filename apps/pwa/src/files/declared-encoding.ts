const COMMENT = /<!--(?:-?>|[\s\S]*?(?:--!?>|$))/g;
/** Elements whose content is text, not markup. */
const VERBATIM = /<(script|style|title|textarea)(?=[\s/>])[\s\S]*?(?:<\/\1(?=[\s/>])|$)/gi;
const META = /<meta[\s/]((?:"[^"]*"|'[^']*'|[^"'>])*)>/gi;
const ATTRIBUTE = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
const XML = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;
const CHARSET = /charset\s*=\s*["']?\s*([^\s"';]+)/i;

/**
 * The encoding that markup declares, by TextDecoder's name: `<meta charset>`, `<meta http-equiv="content-type">`, or else an XML
 * declaration. `head` is the start of the file, one character per byte. Undefined if it declares no known encoding.
 */
export function declaredEncoding(head: string): string | undefined {
  const label = metaCharset(head.replace(COMMENT, "").replace(VERBATIM, "")) ?? XML.exec(head)?.[1];
  return label && knownEncoding(label);
}

function metaCharset(head: string): string | undefined {
  for (const [, inside = ""] of head.matchAll(META)) {
    const attributes = new Map<string, string>();
    for (const [, name = "", ...values] of inside.matchAll(ATTRIBUTE)) {
      const key = name.toLowerCase();
      if (!attributes.has(key)) attributes.set(key, values.find((value) => value !== undefined) ?? "");
    }
    const said = attributes.get("http-equiv")?.toLowerCase() === "content-type" ? attributes.get("content") : undefined;
    const label = attributes.get("charset") ?? CHARSET.exec(said ?? "")?.[1];
    if (label && knownEncoding(label)) return label;
  }
  return undefined;
}

function knownEncoding(label: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(label);
    // In real UTF-16 the declaration would not be readable as ASCII.
    if (encoding.startsWith("utf-16")) return "utf-8";
    // This encoding maps bytes beyond ASCII to private characters, which no page intends.
    return encoding === "x-user-defined" ? undefined : encoding;
  } catch {
    return undefined;
  }
}
