import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { modelListing } from "./model-listing.ts";
import { ownFiles, runtimeFiles, starterFile } from "./own-files.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const starter = starterFile();
const guide = readdirSync(`${root}/guide`).map((name) => readFileSync(`${root}/guide/${name}`, "utf8"));

// Threads of ONNX Runtime need SharedArrayBuffer, which a page has only when it is isolated from other origins.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** The packages are bundled from their sources, in which worker.js is still worker.ts. */
const workerSources = (): Plugin => ({
  name: "pipit-worker-sources",
  resolveId(id) {
    const source = id.replace(/\.js$/, ".ts");
    return id.startsWith("/") && id.endsWith("/worker.js") && !existsSync(id) && existsSync(source) ? source : null;
  },
});

export default defineConfig({
  root,
  // A relative path, so that a build works below any path.
  base: "./",
  // The last condition: ONNX Runtime takes its WebAssembly from /ort/, so that the bundle needs no second copy.
  resolve: { conditions: ["pipit-source", "browser", "module", "import", "onnxruntime-web-use-extern-wasm"] },
  define: {
    __STARTER_URL__: JSON.stringify(starter.path),
    __STARTER_BYTES__: JSON.stringify(statSync(starter.source).size),
    __GUIDE_VERSION__: JSON.stringify(createHash("sha256").update(guide.join()).digest("hex").slice(0, 12)),
  },
  server: { headers },
  preview: { headers },
  worker: { format: "es", plugins: () => [workerSources()] },
  build: { target: "es2023", assetsInlineLimit: 0 },
  plugins: [
    ownFiles([starter, ...runtimeFiles()]),
    modelListing(),
    VitePWA({
      // A page keeps its chunks until the visitor accepts the new version.
      registerType: "prompt",
      injectRegister: false,
      manifest: {
        name: "Pipit: search by meaning",
        short_name: "Pipit",
        description: "A field guide to birds and your own files, searched by meaning, on this device.",
        theme_color: "#f6f3ec",
        background_color: "#f6f3ec",
        display: "standalone",
        start_url: "./",
        scope: "./",
        icons: [
          { src: "icons/pipit-192.png", sizes: "192x192", type: "image/png" },
          { src: "icons/pipit-512.png", sizes: "512x512", type: "image/png" },
          { src: "icons/pipit-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "icons/pipit.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{html,js,css,svg,png,wasm,pipit}"],
        // The app builds its graph with one thread and does not need the files for several.
        globIgnores: ["ort/**", "**/ort-wasm-*", "**/search-threads-*.wasm", "**/web-graph-*.js"],
        maximumFileSizeToCacheInBytes: 6_000_000,
        // The bytes of a hashed name never change: they need no revision.
        dontCacheBustURLsMatching: /-[\w-]{8}\.\w+$/,
        navigateFallbackDenylist: [/\/(v1|models)\//, /\/(health|ready|metrics|openapi)/],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
        skipWaiting: false,
        runtimeCaching: [
          // Too large for a first visit; cached when a model first needs it.
          { urlPattern: /\/ort\//, handler: "StaleWhileRevalidate", options: { cacheName: "pipit-ort" } },
        ],
      },
    }),
  ],
});
