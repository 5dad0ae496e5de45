import type { BuildAnswer } from "../pool-build.ts";

declare global {
  interface Window {
    built: Promise<BuildAnswer>;
  }
}

/** In the form that bundlers recognize, so that they include the worker, and the workers that it starts, in the app. */
const worker = new Worker(new URL("../pool-worker.ts", import.meta.url), { type: "module" });

window.built = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});
worker.postMessage({ threads: 2 });
