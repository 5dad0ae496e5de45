import type { SearchEngine } from "@pipit/core";

declare global {
  /** What the page gives to the tests that drive it. */
  interface Window {
    guide: {
      engine: SearchEngine;
      /** What the answer to a query waits for. */
      held: Record<string, Promise<void>>;
      failure: Error | undefined;
      asked: string[];
      answered: string[];
      aborted: string[];
    };
    /** Holds back the answer to a query. */
    hold(query: string): void;
    /** Gives the answer that was held back. */
    release(query: string): void;
    /** Makes searches fail with that advice; undefined makes them work again. */
    failWith(advice: string | undefined): void;
    ready?: boolean;
    harmed?: boolean;
  }
}
