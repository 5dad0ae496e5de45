import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// All requests stay on loopback.
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
});

const conditions = ["pipit-source"];
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    cloudflareTest({
      main: here("./bag-worker.ts"),
      wrangler: { configPath: here("../../../edge/wrangler.jsonc") },
      miniflare: { bindings: { PIPIT_KEY: "sesame" } },
    }),
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: "workerd",
    include: [here("./**/*.test.ts")],
    globalSetup: [here("../../fixtures/encoder-files.ts"), here("../../fixtures/pictures/picture-files.ts")],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
