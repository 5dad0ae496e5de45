import { PipitError } from "@pipit/core";
import { scriptBeside, Thread } from "../threads/thread.ts";
import type { ApiHost, ApiHostOptions, ApiRoute, ModelsReport } from "./api-host.ts";
import type { ApiAnswer, ApiRequest } from "./api-request.ts";

const API_ENTRY = scriptBeside(import.meta.url, "api-thread-entry");

interface Opened {
  readonly routes: readonly ApiRoute[];
  readonly models: ModelsReport;
}

type Life = Thread<Opened, ApiRequest, ApiAnswer, ModelsReport>;

/** If a thread ended earlier, the next one starts after a rest, which doubles each time. */
const SHORT_LIFE_MS = 10_000;
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 30_000;

const STARTING: ModelsReport = { states: [], summary: "the models are being loaded", settled: false };

/**
 * The API's host in a worker thread, so that the main thread only reads requests and sends answers. When it dies, waiting requests
 * fail with `worker-died`, and a new thread opens the same folder. Requests after closing fail with `closed`.
 */
export class ApiThread implements ApiHost {
  routes: readonly ApiRoute[] = [];
  models = STARTING;
  readonly #options: ApiHostOptions;
  readonly #entry: URL;
  readonly #settled: Promise<void>;
  #tellSettled!: () => void;
  #life: Life;
  #closing = false;
  #rest = FIRST_REST_MS;
  #resting: NodeJS.Timeout | undefined;

  /** Fails as `openApiHost` does, and with `worker-died`; then the thread is ended. `entry` is the thread's script. */
  static async start(options: ApiHostOptions, entry: URL = API_ENTRY): Promise<ApiThread> {
    const thread = new ApiThread(options, entry);
    try {
      thread.routes = (await thread.#life.opened).routes;
      return thread;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  private constructor(options: ApiHostOptions, entry: URL) {
    this.#options = options;
    this.#entry = entry;
    this.#settled = new Promise((resolve) => {
      this.#tellSettled = resolve;
    });
    this.#life = this.#begin();
  }

  whenSettled(): Promise<void> {
    return this.#settled;
  }

  async answer(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    if (this.#closing) throw closed();
    return this.#life.call(request, request.body ? [request.body.buffer] : [], signal);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#resting);
    this.#life.close();
    await this.#life.ended;
  }

  #begin(): Life {
    const began = performance.now();
    const life: Life = new Thread({
      ...{ entry: this.#entry, name: "pipit-api", options: this.#options },
      onNews: (report) => this.#note(report),
    });
    life.opened.then(({ models }) => this.#note(models)).catch(() => undefined);
    void life.ended.then((failure) => {
      if (this.#closing) return;
      console.error(failure ?? "the thread that answers ended");
      this.models = { ...STARTING, states: this.models.states.map(([name]) => [name, { state: "loading" }]) };
      this.#again(performance.now() - began);
    });
    return life;
  }

  #again(lived: number): void {
    const rest = lived < SHORT_LIFE_MS ? this.#rest : 0;
    this.#rest = rest === 0 ? FIRST_REST_MS : Math.min(LONGEST_REST_MS, rest * 2);
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#life = this.#begin();
    }, rest);
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
