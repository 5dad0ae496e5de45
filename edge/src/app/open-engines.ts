import { KeyedTurns, type LocalEngine, PipitError, type Turn, type TurnsOptions } from "@pipit/core";
import { WatchedEngine } from "./watched-engine.ts";

export interface OpenEnginesParts extends TurnsOptions {
  open(name: string): Promise<LocalEngine>;
  /** Called before any caller gets the engine. */
  onOpened(engine: LocalEngine): void;
  /** Above this number, engines without a call for `idleMs` are closed. */
  readonly mostOpen: number;
  readonly idleMs: number;
}

/**
 * The engines of a server; all callers share one engine per collection. Each engine holds its index in memory. Above a limit, idle ones
 * are closed, which saves their snapshots, and opened again at the next call.
 */
export class OpenEngines {
  readonly #parts: OpenEnginesParts;
  /** In the order of the last call, the oldest first. */
  readonly #engines = new Map<string, WatchedEngine>();
  /** Serializes opening and closing of one name. */
  readonly #turns: KeyedTurns;
  #isClosing = false;

  constructor(parts: OpenEnginesParts) {
    this.#parts = parts;
    this.#turns = new KeyedTurns(parts);
  }

  get(name: string): LocalEngine | undefined {
    return this.#engines.get(name);
  }

  all(): Iterable<LocalEngine> {
    return this.#engines.values();
  }

  async open(name: string): Promise<LocalEngine> {
    const engine = this.#engines.get(name) ?? (await this.#turns.take(name, (turn) => this.#opened(name, turn)));
    engine.note();
    this.#engines.delete(name);
    this.#engines.set(name, engine);
    this.closeIdle();
    return engine;
  }

  closeIdle(): void {
    for (const [name, engine] of this.#engines) {
      if (this.#engines.size <= this.#parts.mostOpen) return;
      if (engine.isIdle(this.#parts.idleMs)) this.#end(name, engine);
    }
  }

  /** Engines that are being opened are closed too; later calls fail with `closed`. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#turns.ended();
    for (const [name, engine] of this.#engines) this.#end(name, engine);
    await this.#turns.ended();
  }

  /** Runs in the name's turn. Another call may have opened the engine meanwhile. */
  async #opened(name: string, turn: Turn): Promise<WatchedEngine> {
    const known = this.#engines.get(name);
    if (known) return known;
    if (this.#isClosing) throw closed(name);
    const engine = new WatchedEngine(await this.#parts.open(name));
    if (turn.lost) {
      // Another call took over the turn and opens the same collection.
      await engine.close();
      return this.#turns.take(name, (next) => this.#opened(name, next));
    }
    this.#engines.set(name, engine);
    this.#parts.onOpened(engine);
    return engine;
  }

  /** Closes in the name's turn, so that a call that opens it again waits. */
  #end(name: string, engine: LocalEngine): void {
    this.#engines.delete(name);
    this.#turns.take(name, () => engine.close()).catch((error) => console.error(error));
  }
}

function closed(name: string): PipitError {
  return new PipitError("closed", {
    got: `a call for the collection ${name} while the server closes`,
    expected: "a call to a server that is open",
    do: "Start the server again, then send the call again.",
  });
}
