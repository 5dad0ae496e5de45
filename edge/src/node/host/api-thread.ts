import { PipitError } from "@pipit/core";
import { scriptBeside, Thread } from "../threads/thread.ts";
import type { ApiHost, ApiHostOptions, ApiRoute, ModelsReport } from "./api-host.ts";
import type { ApiAnswer, ApiRequest } from "./api-request.ts";

const API_ENTRY = scriptBeside(import.meta.url, "api-thread-entry");

interface Opened {
  readonly routes: readonly ApiRoute[];
  readonly models: ModelsReport;
}

type ApiWorker = Thread<Opened, ApiRequest, ApiAnswer, ModelsReport>;

/** A thread that ended within this time is restarted after a delay, which doubles each time (exponential back-off). */
const SHORT_LIFE_MS = 10_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

const STARTING: ModelsReport = { states: [], summary: "the models are being loaded", settled: false };

/**
 * The API's host in a worker thread, so that the main thread only reads requests and sends answers. When the thread ends, waiting requests
 * fail with `worker-died`, and a new thread opens the same folder. Requests after closing fail with `closed`.
 */
export class ApiThread implements ApiHost {
  routes: readonly ApiRoute[] = [];
  models = STARTING;
  readonly #options: ApiHostOptions;
  readonly #entry: URL;
  readonly #settled: Promise<void>;
  #tellSettled!: () => void;
  #thread: ApiWorker;
  #closing = false;
  #delay = FIRST_DELAY_MS;
  #restart: NodeJS.Timeout | undefined;

  /** Fails as `openApiHost` does, and with `worker-died`; then the thread is ended. `entry` is the thread's script. */
  static async start(options: ApiHostOptions, entry: URL = API_ENTRY): Promise<ApiThread> {
    const started = new ApiThread(options, entry);
    try {
      started.routes = (await started.#thread.opened).routes;
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  private constructor(options: ApiHostOptions, entry: URL) {
    this.#options = options;
    this.#entry = entry;
    this.#settled = new Promise((resolve) => {
      this.#tellSettled = resolve;
    });
    this.#thread = this.#start();
  }

  whenSettled(): Promise<void> {
    return this.#settled;
  }

  async answer(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    if (this.#closing) throw closed();
    return this.#thread.call(request, request.body ? [request.body.buffer] : [], signal);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#restart);
    this.#thread.close();
    await this.#thread.ended;
  }

  #start(): ApiWorker {
    const began = performance.now();
    const thread: ApiWorker = new Thread({
      entry: this.#entry,
      name: "pipit-api",
      options: this.#options,
      onNews: (report) => this.#note(report),
    });
    thread.opened.then(({ models }) => this.#note(models)).catch(() => undefined);
    void thread.ended.then((failure) => {
      if (this.#closing) return;
      console.error(failure ?? "the thread that answers ended");
      this.models = { ...STARTING, states: this.models.states.map(([name]) => [name, { state: "loading" }]) };
      this.#startAgain(performance.now() - began);
    });
    return thread;
  }

  #startAgain(lived: number): void {
    const delay = lived < SHORT_LIFE_MS ? this.#delay : 0;
    this.#delay = delay === 0 ? FIRST_DELAY_MS : Math.min(LONGEST_DELAY_MS, delay * 2);
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#thread = this.#start();
    }, delay);
  }

  #note(report: ModelsReport): void {
    this.models = report;
    if (report.settled) this.#tellSettled();
  }
}

function closed(): PipitError {
  return new PipitError("closed", {
    got: "a request to a server that closes",
    expected: "one that is open",
    do: "Start the server again, then send the request again.",
  });
}
