import type { SearchEngine } from "@pipit/core";

declare global {
  /** The functions and values that the page provides to the tests that drive it. */
  interface Window {
    guide: {
      engine: SearchEngine;
      /** The promise that the answer to a query waits for. */
      held: Record<string, Promise<void>>;
      failure: Error | undefined;
      asked: string[];
      answered: string[];
      aborted: string[];
    };
    /** Delays the answer to a query. */
    hold(query: string): void;
    /** Sends the answer that was delayed. */
    release(query: string): void;
    /** Makes searches fail with this advice; undefined makes them work again. */
    failWith(advice: string | undefined): void;
    ready?: boolean;
    harmed?: boolean;
  }
}
