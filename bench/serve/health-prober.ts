import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

// This thread only requests the server's health, so that the measured times do not include delays of the bench itself. It sends all
// times when it gets a message.

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
