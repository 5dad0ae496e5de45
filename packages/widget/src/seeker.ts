import type { SearchResult } from "@pipit/core";

export type Finding =
  | { readonly phase: "idle" }
  | { readonly phase: "searching"; readonly query: string }
  | Found
  | { readonly phase: "failed"; readonly query: string; readonly error: unknown };

export interface Found {
  readonly phase: "found";
  readonly query: string;
  readonly result: SearchResult;
  /** True if it takes the place of an earlier answer to the same question. */
  readonly isRenewed?: true;
}

export interface SeekerParts {
  readonly ask: (query: string, signal: AbortSignal) => Promise<SearchResult>;
  readonly tell: (finding: Finding) => void;
  /** The pause in typing, in milliseconds, after which a search starts. */
  readonly pauseMs: number;
  /** False while a reader is among the hits, which must not move then. */
  readonly mayChange: () => boolean;
}

/** A partial answer is renewed after so long. */
const RENEW_MS = 300;

/**
 * Turns typing into searches: it waits for a pause (debounce), and each search aborts the one before. The last reported result always
 * belongs to the last typed text, however late an engine answers. A partial result is renewed until it is whole.
 */
export class Seeker {
  readonly #parts: SeekerParts;
  #query = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setTimeout> | undefined;
  /** The hits that were reported last. */
  #shown = "";
  #running: AbortController | undefined;

  constructor(parts: SeekerParts) {
    this.#parts = parts;
  }

  /** Sets the current text; an empty one ends the search. */
  type(text: string): void {
    const query = text.trim();
    if (query === this.#query) return;
    this.#halt();
    this.#query = query;
    this.#parts.tell(query === "" ? { phase: "idle" } : { phase: "searching", query });
    if (query !== "") this.#timer = setTimeout(() => this.askNow(), this.#parts.pauseMs);
  }

  /** Searches without the pause, and again if the last search failed. A search that already runs continues. */
  askNow(): void {
    if (this.#query === "" || this.#running) return;
    this.#halt();
    this.#running = new AbortController();
    void this.#run(this.#query, this.#running.signal);
  }

  /**
   * Asks the last question again, without a report until it is answered; not while another is asked, and a failure is not reported. While hits
   * must not move it waits.
   */
  async askAgain(): Promise<void> {
    if (this.#query === "" || this.#running || this.#timer !== undefined) return;
    const query = this.#query;
    if (!this.#parts.mayChange()) return this.#renewLater();
    const again = new AbortController();
    this.#running = again;
    const finding = await this.#find(query, again.signal);
    if (again.signal.aborted) return;
    this.#running = undefined;
    if (finding.phase !== "found") return;
    // The same hits would be spoken again.
    const isNews = !finding.result.partial || idsOf(finding.result) !== this.#shown;
    if (isNews && this.#parts.mayChange()) this.#tell({ ...finding, isRenewed: true });
    else this.#renewLater();
  }

  /** Ends typing and search without a report: the caller shows nothing more. */
  stop(): void {
    this.#halt();
    this.#query = "";
  }

  #halt(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#renewing);
    this.#timer = undefined;
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(query: string, signal: AbortSignal): Promise<void> {
    const finding = await this.#find(query, signal);
    if (signal.aborted) return;
    this.#running = undefined;
    this.#tell(finding);
  }

  #tell(finding: Finding): void {
    this.#parts.tell(finding);
    if (finding.phase !== "found") return;
    this.#shown = idsOf(finding.result);
    if (finding.result.partial) this.#renewLater();
  }

  #renewLater(): void {
    clearTimeout(this.#renewing);
    this.#renewing = setTimeout(() => void this.askAgain(), RENEW_MS);
  }

  async #find(query: string, signal: AbortSignal): Promise<Finding> {
    try {
      return { phase: "found", query, result: await this.#parts.ask(query, signal) };
    } catch (error) {
      return { phase: "failed", query, error };
    }
  }
}

function idsOf({ hits }: SearchResult): string {
  return hits.map(({ id }) => id).join("\n");
}
