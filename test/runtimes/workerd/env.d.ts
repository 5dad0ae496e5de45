// What edge/wrangler.jsonc binds, for the tests that reach behind the app.
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
