import { join } from "node:path";

/**
 * The file inside `folder` for a URL's path, or undefined if the path could name anything else. No part may begin with a dot, which
 * excludes parent folders and hidden files. Invalid UTF-8 and NUL are refused.
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
