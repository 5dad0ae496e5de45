import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { ownFiles, runtimeFiles, starterFile } from "./own-files.ts";
import type { GuideChapter } from "./src/guide/species.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const starter = starterFile();
const guide = readdirSync(`${root}/guide`).map((name) => readFileSync(`${root}/guide/${name}`, "utf8"));
const chapters = guide.map((text) => JSON.parse(text) as GuideChapter);
const regions = chapters.flatMap(({ species }) => species.flatMap((bird) => bird.regions));

// Threads of ONNX Runtime need SharedArrayBuffer, which a page has only when it is isolated from other origins.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  root,
  resolve: { conditions: ["pipit-source", "browser", "module", "import"] },
  define: {
    __STARTER_URL__: JSON.stringify(`/${starter.path}`),
    __GUIDE_VERSION__: JSON.stringify(createHash("sha256").update(guide.join()).digest("hex").slice(0, 12)),
    __GUIDE_GROUPS__: JSON.stringify(chapters.map(({ group }) => group).sort()),
    __GUIDE_REGIONS__: JSON.stringify([...new Set(regions)].sort()),
  },
  server: { headers },
  preview: { headers },
  worker: { format: "es" },
  build: { target: "es2023", assetsInlineLimit: 0 },
  plugins: [
    ownFiles([starter, ...runtimeFiles()]),
    VitePWA({
      registerType: "autoUpdate",
      injectRegister: false,
      manifest: {
        id: "/",
        name: "Pipit: search by meaning",
        short_name: "Pipit",
        description: "A field guide to birds and your own files, searched by meaning, on this device.",
        theme_color: "#f6f3ec",
        background_color: "#f6f3ec",
        display: "standalone",
        start_url: "/",
        icons: [
          { src: "/icons/pipit-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icons/pipit-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icons/pipit-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "/icons/pipit.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{html,js,css,svg,png,wasm,pipit}"],
        globIgnores: ["ort/**", "**/ort-wasm-*"],
        maximumFileSizeToCacheInBytes: 6_000_000,
        // A hashed name never changes its bytes: no revision has to be asked for.
        dontCacheBustURLsMatching: /-[\w-]{8}\.\w+$/,
        navigateFallbackDenylist: [/^\/v1\//, /^\/models\//, /^\/health/, /^\/metrics/, /^\/openapi/],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
        skipWaiting: true,
        runtimeCaching: [
          // Too large for a first visit; kept from the moment a model needs it.
          { urlPattern: /\/ort\//, handler: "StaleWhileRevalidate", options: { cacheName: "pipit-ort" } },
        ],
      },
    }),
  ],
});
