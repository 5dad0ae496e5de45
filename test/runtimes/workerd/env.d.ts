// The bindings of edge/wrangler.jsonc, for tests that use them directly.
declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    SNAPSHOTS: R2Bucket;
    MODELS: R2Bucket;
    PIPIT_KEY: string;
  }
  interface GlobalProps {
    mainModule: typeof import("./bag-worker.ts");
  }
}
