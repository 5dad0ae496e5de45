import { join } from "node:path";

/**
 * The file a URL's path names inside `folder`, or undefined when it could name anything else: no part may begin with a
 * dot, which refuses to climb out and hidden files alike, and what is not well-formed UTF-8 or holds a NUL is no path.
 */
export function safePath(folder: string, urlPath: string): string | undefined {
  const path = decoded(urlPath);
  if (path === undefined || path.includes("\0")) return undefined;
  if (path.split(/[/\\]/).some((part) => part.startsWith("."))) return undefined;
  return join(folder, path);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
