import type { AddProgress, Entry } from "@pipit/core";
import { reviveError, toWireError, type WireError } from "@pipit/core";
import { type ProxyMarked, type TransferHandler, transferHandlers } from "comlink";
import type { ImproveProgress, Limit, TabOptions } from "./tab-engine.ts";

/**
 * The protocol between page and worker, over one comlink channel per worker.
 *
 * - A collection is a handle (a number), so that all collections of a tab share one worker and its models.
 * - A call that can be aborted has a number, and `abort(number)` follows on the same channel: an AbortSignal cannot be cloned, and
 *   a port for each call would have to be closed.
 * - Callbacks of one call cross as one proxied object, released when the call ends. Entries are pulled through it, so the page's
 *   stream is read only as fast as entries are stored.
 * - Progress and answer use different ports; the worker answers only after its last progress was received.
 * - Matrices are transferred. Errors keep name, code, facts and stack.
 *
 * The worker's side is the class `TabHost`; the page calls it through `Remote<TabHost>`, so the two cannot drift.
 */
export type CallId = number;
export type Handle = number;

export type OpenRequest = Omit<TabOptions, "createWorker" | "onLimit">;

export interface Address {
  readonly handle: Handle;
  readonly call: CallId;
}

/** The page's end of one `add`. `pull` returns the next entries, an empty list at the end. */
export interface AddCallbacks extends ProxyMarked {
  pull(): Promise<readonly Entry[]>;
  progress(progress: AddProgress): void;
}

export interface CompleteCallbacks extends ProxyMarked {
  progress(progress: AddProgress): void;
}

export interface ImproveCallbacks extends ProxyMarked {
  progress(progress: ImproveProgress): void;
}

export interface OpenCallbacks extends ProxyMarked {
  changed(): void;
  /** A limit that was met. The host waits for the end of this call, so that the page knows what was met while it opened. */
  limited(limit: Limit): void;
}

type Thrown = { value: unknown };
type AnyHandler = TransferHandler<Thrown, WireError>;

/** Comlink keeps only name, message and stack of an error; this keeps all of a PipitError. Both sides call it once. */
export function carryErrorsWhole(): void {
  const own = transferHandlers.get("throw") as AnyHandler;
  const whole: AnyHandler = {
    canHandle: own.canHandle,
    serialize: ({ value }) => [toWireError(value), []],
    deserialize(wire) {
      throw reviveError(wire);
    },
  };
  transferHandlers.set("throw", whole);
}
