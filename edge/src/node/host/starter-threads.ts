import { type Embedder, type EmbedOptions, isPipitError, type Piece, textsOf } from "@pipit/core";
import { scriptBeside, Thread } from "../threads/thread.ts";
import { openStarterFile } from "./starter-file.ts";

const ENTRY = scriptBeside(import.meta.url, "starter-thread-entry");
// Below this number, sending the texts to a thread and back takes as long as embedding one or two.
const FEWEST = 8;
/** A thread that ended is not restarted within this time: its requests may have caused the failure. */
const REST_MS = 10_000;
/** A thread takes 30 MB. It is ended after this time without work; another one starts within a third of a second. */
const IDLE_MS = 10_000;

type StarterThread = Thread<null, readonly string[], Float32Array<ArrayBuffer>>;

/**
 * The starter in two threads. The caller's thread embeds questions at once; bulk work runs in another thread, which is started on
 * first use. `entry` is its script. Fails as `openStarterFile` does.
 */
export async function openStarterThreads(entry = ENTRY): Promise<Embedder> {
  const own = await openStarterFile();
  const { space, producer, reads, window, meanings } = own;
  const bulk = new BulkThread(entry);
  return {
    ...{ space, producer, reads, window, meanings },
    embed: (pieces, options = {}) =>
      options.priority === "bulk" && pieces.length >= FEWEST
        ? bulk.embed(own, pieces, options)
        : own.embed(pieces, options),
    async close() {
      await own.close();
      await bulk.close();
    },
  };
}

class BulkThread {
  readonly #entry: URL;
  #thread: StarterThread | undefined;
  #restUntil = 0;
  #closed = false;
  #running = 0;
  readonly #idle = setTimeout(() => this.#endIdle(), IDLE_MS).unref();

  constructor(entry: URL) {
    this.#entry = entry;
  }

  /** If there is no thread, or it failed, the caller's thread does the work. */
  async embed(own: Embedder, pieces: readonly Piece[], options: EmbedOptions): Promise<Float32Array<ArrayBuffer>> {
    const thread = this.#alive();
    const texts = textsOf(pieces);
    this.#running += 1;
    try {
      if (thread) return await thread.call(texts, [], options.signal);
    } catch (error) {
      if (isPipitError(error, "aborted")) throw error;
    } finally {
      this.#running -= 1;
      this.#idle.refresh();
    }
    return own.embed(pieces, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#thread?.close();
    await this.#thread?.ended;
  }

  #alive(): StarterThread | undefined {
    if (this.#thread || this.#closed || performance.now() < this.#restUntil) return this.#thread;
    const thread: StarterThread = new Thread({ entry: this.#entry, name: "pipit-starter", options: null });
    void thread.ended.then((failure) => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#restUntil = performance.now() + REST_MS;
      if (failure) console.error(failure);
    });
    this.#thread = thread;
    return thread;
  }

  #endIdle(): void {
    if (this.#running > 0) return;
    this.#thread?.close();
    this.#thread = undefined;
  }
}
