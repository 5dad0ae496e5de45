import { parentPort, workerData } from "node:worker_threads";
import { throwIfAborted, toWireError } from "@pipit/core";
import { collectWhenQuiet } from "./collect-when-quiet.ts";
import { inTurns } from "./in-turns.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

export interface Served<Opened, Request, Answer> {
  /** Sent to the starting thread when this one is ready. */
  readonly opened: Opened;
  /** `transfer` lists buffers of the answer that are transferred. */
  answer(request: Request, signal: AbortSignal): Promise<{ readonly answer: Answer; readonly transfer: ArrayBuffer[] }>;
  close(): Promise<void>;
}

type Open<Opened, Request, Answer, News> = (
  options: never,
  tell: (news: News) => void,
) => Promise<Served<Opened, Request, Answer>>;

/** The worker's side of `Thread`: opens the service, and answers calls until the close message. */
export function serveThread<Opened, Request, Answer, News>(open: Open<Opened, Request, Answer, News>): void {
  /** Signals of calls that run or wait for their turn. */
  const running = new Map<number, AbortController>();
  const noteWork = collectWhenQuiet();
  const tell = (message: FromThread<Opened, Answer, News>, transfer: ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, transfer);

  const answer = async (served: Served<Opened, Request, Answer>, id: number, request: Request) => {
    const stop = running.get(id)!;
    noteWork();
    try {
      throwIfAborted(stop.signal);
      const { answer, transfer } = await served.answer(request, stop.signal);
      tell({ tell: "answer", id, answer }, transfer);
    } catch (error) {
      tell({ tell: "failure", id, error: toWireError(error) });
    } finally {
      running.delete(id);
      noteWork();
    }
  };

  const serve = async () => {
    const served = await open(workerData as never, (news) => tell({ tell: "news", news }));
    const work = inTurns((message: Exclude<ToThread<Request>, { ask: "stop" }>) => {
      if (message.ask === "answer") void answer(served, message.id, message.request);
      else void served.close().finally(() => process.exit());
    });
    parentPort?.on("message", (message: ToThread<Request>) => {
      // Handled immediately, because the call may still wait for its turn.
      if (message.ask === "stop") return running.get(message.id)?.abort();
      if (message.ask === "answer") running.set(message.id, new AbortController());
      work(message);
    });
    tell({ tell: "open", opened: served.opened });
  };
  serve().catch((error) => tell({ tell: "not-open", error: toWireError(error) }));
}
