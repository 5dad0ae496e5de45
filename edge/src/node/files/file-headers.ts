import { extname } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};
const SQUEEZABLE = new Set([".html", ".js", ".mjs", ".css", ".json", ".webmanifest", ".svg", ".wasm", ".txt"]);

// Sent for scripts and pictures too: the policy of a worker's file applies to the worker, and an SVG may be opened as a page.
const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

// Pages may not pass a plain string to a sink that could run it. Workers have no document, and import scripts of other origins.
const TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types default pipit pipit-reading";

const PAGE_HEADERS = {
  "Content-Security-Policy": CONTENT_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  // Without both a page is not cross-origin isolated: no SharedArrayBuffer, no WASM threads.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

// Pages of other sites may load the widget and its files; HTML pages may be loaded by their own origin only.
const SHARED = { "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*" };
const OWN_PAGE = {
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": `${CONTENT_POLICY}; ${TRUSTED_TYPES}`,
};

// The bundler puts a hash of the content into these names, so that they never change.
const HASHED = /^\/(?:assets|chunks)\/.+-[\w-]{8,}\.\w+$/;

export function isSqueezable(path: string): boolean {
  return SQUEEZABLE.has(extname(path));
}

/** Headers of a file of the built app by its path in the URL. */
export function fileHeaders(path: string): Record<string, string> {
  const kind = extname(path);
  return {
    ...PAGE_HEADERS,
    ...(kind === ".html" ? OWN_PAGE : SHARED),
    "Content-Type": TYPES[kind] ?? "application/octet-stream",
    "Cache-Control": HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
  };
}
