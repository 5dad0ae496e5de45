import type { BuildAnswer } from "../pool-build.ts";

declare global {
  interface Window {
    built: Promise<BuildAnswer>;
  }
}

/** As a bundler wants it said, so that it takes the worker, and what this starts in turn, into the app. */
const worker = new Worker(new URL("../pool-worker.ts", import.meta.url), { type: "module" });

window.built = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});
worker.postMessage({ threads: 2 });
