import { resolve, sep } from "node:path";

/**
 * The file a URL's path names inside `folder`, or undefined when it names anything else: a path that climbs out, holds a
 * NUL or a backslash, or is not well-formed UTF-8. Hidden files are nobody's business either.
 */
export function safePath(folder: string, urlPath: string): string | undefined {
  const path = decoded(urlPath);
  if (path === undefined || /[\0\\]/.test(path)) return undefined;
  if (path.split("/").some((part) => part.startsWith("."))) return undefined;
  const root = resolve(folder);
  const file = resolve(root, `.${sep}${path}`);
  return file.startsWith(root + sep) ? file : undefined;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
