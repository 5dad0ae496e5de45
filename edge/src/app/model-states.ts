import { type EmbedderChoice, PipitError, type Space, type WordMeanings } from "@pipit/core";

export type ModelState =
  | ({ readonly state: "ready" } & EmbedderChoice)
  | { readonly state: "loading" | "absent" | "failed"; readonly why: string };

/**
 * The models of a server, all of one space, the simplest first. Better ones may be loaded while simpler ones already answer: `best`
 * is the last one that is ready, and listeners are called when it changes.
 */
export class ModelStates {
  readonly space: Space;
  readonly #states: Map<string, ModelState>;
  readonly #listeners = new Set<(best: EmbedderChoice) => void>();
  readonly #watchers = new Set<() => void>();

  constructor(space: Space, names: readonly string[]) {
    this.space = space;
    this.#states = new Map(names.map((name) => [name, { state: "loading", why: "it is being loaded" }]));
  }

  all(): [name: string, state: ModelState][] {
    return [...this.#states];
  }

  set(name: string, state: ModelState): void {
    const before = this.#bestReady();
    this.#states.set(name, state);
    const best = this.#bestReady();
    if (best && best !== before) for (const listener of this.#listeners) listener(best);
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls `watcher` at every change of a state. */
  onChange(watcher: () => void): void {
    this.#watchers.add(watcher);
  }

  /** Calls `listener` when another ready model is the best one. */
  onBestChanged(listener: (best: EmbedderChoice) => void): void {
    this.#listeners.add(listener);
  }

  whenReady(): Promise<void> {
    if (this.isReady()) return Promise.resolve();
    return new Promise((resolve) => this.onBestChanged(() => resolve()));
  }

  async close(): Promise<void> {
    for (const [, state] of this.#states) if (state.state === "ready") await state.embedder.close();
  }

  isReady(): boolean {
    return this.#bestReady() !== undefined;
  }

  /** Throws `model-unavailable` if no model is ready; the message has the state of each. */
  best(): EmbedderChoice {
    const best = this.#bestReady();
    if (best) return best;
    throw new PipitError("model-unavailable", {
      got: `no model that is ready (${this.summary()})`,
      expected: "at least one",
      do: this.#isLoading() ? "Try again in a moment." : "Name a folder or URL that holds a model in PIPIT_MODELS.",
    });
  }

  /** Throws `bad-input` for an unknown name, and `model-unavailable` for a model that is not ready. */
  named(name: string): EmbedderChoice {
    const state = this.#states.get(name);
    if (!state) {
      throw new PipitError("bad-input", {
        got: `the model ${JSON.stringify(name)}`,
        expected: `one of ${[...this.#states.keys()].join(", ")}`,
        do: "Ask GET /v1/models which are there.",
      });
    }
    if (state.state === "ready") return state;
    throw new PipitError("model-unavailable", {
      got: `the model ${name}, ${state.state}: ${state.why}`,
      expected: "a model that is ready",
      do: state.state === "loading" ? "Try again in a moment." : "Ask GET /v1/models which are ready.",
    });
  }

  /** Words of near meaning of the first model that has them. */
  meanings(): WordMeanings | undefined {
    for (const [, state] of this.#states)
      if (state.state === "ready" && state.embedder.meanings) return state.embedder.meanings;
    return undefined;
  }

  summary(): string {
    return this.all()
      .map(([name, { state, why }]) => (state === "ready" ? `${name} is ready` : `${name} is ${state}: ${why}`))
      .join("; ");
  }

  #isLoading(): boolean {
    return this.all().some(([, { state }]) => state === "loading");
  }

  #bestReady(): EmbedderChoice | undefined {
    return [...this.#states.values()].reverse().find((state) => state.state === "ready");
  }
}
