import { parentPort, workerData } from "node:worker_threads";
import { toWireError } from "@pipit/core";
import { type ApiHost, type ApiHostOptions, type ModelsReport, openApiHost } from "./api-host.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

// The far side of `ApiThread`: opens the host that the near side describes, and answers until it is told to close.

const running = new Map<number, AbortController>();

function tell(message: FromThread, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** States as plain values: embedders do not cross threads. */
function plain({ states, ...report }: ModelsReport): ModelsReport {
  return { ...report, states: states.map(([name, { state }]) => [name, { state }]) };
}

async function answer(host: ApiHost, { id, request }: Extract<ToThread, { ask: "answer" }>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const answered = await host.answer(request, stop.signal);
    tell({ tell: "answer", id, answer: answered }, [answered.body.buffer]);
  } catch (error) {
    tell({ tell: "failure", id, error: toWireError(error) });
  } finally {
    running.delete(id);
  }
}

async function serve(options: ApiHostOptions): Promise<void> {
  const onModels = (models: ModelsReport) => tell({ tell: "models", models: plain(models) });
  const host = await openApiHost(options, { onModels });
  parentPort?.on("message", (message: ToThread) => {
    if (message.ask === "answer") void answer(host, message);
    else if (message.ask === "stop") running.get(message.id)?.abort();
    else void host.close().finally(() => process.exit());
  });
  tell({ tell: "open", routes: host.routes, models: plain(host.models) });
}

serve(workerData).catch((error) => tell({ tell: "not-open", error: toWireError(error) }));
