import type { SearchEngine } from "@pipit/core";

declare global {
  /** What the page gives to the tests that drive it. */
  interface Window {
    guide: {
      engine: SearchEngine;
      /** Milliseconds before the answer to a query. */
      delays: Record<string, number>;
      failure: Error | undefined;
      asked: string[];
      aborted: string[];
    };
    /** Makes searches fail with that advice; undefined makes them work again. */
    failWith(advice: string | undefined): void;
    ready?: boolean;
    harmed?: boolean;
  }
}
