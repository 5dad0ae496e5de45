import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

// A thread of its own asks for the server's health, so that the time a caller waits is the server's and not that of the bench
// beside it. It tells all times when it hears anything.

const { url, everyMs } = workerData as { readonly url: string; readonly everyMs: number };
const agent = new Agent({ keepAlive: true });
const times: number[] = [];

function ask(): void {
  const began = performance.now();
  get(`${url}/health`, { agent }, (answer) => {
    answer.resume();
    answer.once("end", () => {
      times.push(performance.now() - began);
      setTimeout(ask, everyMs);
    });
  });
}

ask();
parentPort?.once("message", () => {
  parentPort?.postMessage(times);
  process.exit();
});
