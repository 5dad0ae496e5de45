import type { WireError } from "@pipit/core";
import type { EncoderOptions } from "./encoder.ts";

/**
 * What the threads of one encoder say to each other. Nothing is shared: a member has an instance and a copy of the file of its
 * own, so that it needs no isolated page. Each request has a number that its one answer repeats; `stop` follows a request
 * under the same number, because an AbortSignal cannot be cloned, and is not answered itself. All buffers are transferred.
 */
export type PoolRequest = OpenRequest | TokensRequest | PicturesRequest | StopRequest;

export interface OpenRequest {
  readonly ask: "open";
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly options: EncoderOptions;
}

export interface TokensRequest {
  readonly ask: "tokens";
  readonly id: number;
  /** Ids of each row. */
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Of all rows, one after another. */
  readonly ids: Uint32Array<ArrayBuffer>;
}

export interface PicturesRequest {
  readonly ask: "pictures";
  readonly id: number;
  /** [pictures][3][side][side] */
  readonly pixels: Float32Array<ArrayBuffer>;
}

export interface StopRequest {
  readonly ask: "stop";
  readonly id: number;
}

export type PoolAnswer =
  | {
      readonly id: number;
      /** Of memory that the member holds now. */
      readonly bytes: number;
      /** [rows, dimensions]; none for `open`. */
      readonly vectors: Float32Array<ArrayBuffer>;
    }
  | { readonly id: number; readonly error: WireError };

/** The near end of a thread, as its platform has it. */
export interface PoolThread {
  post(request: PoolRequest, transfer: ArrayBuffer[]): void;
  /** While held the thread keeps its process alive; a thread begins held. Platforms whose threads never do leave both out. */
  hold?(): void;
  release?(): void;
  end(): void;
}

export interface PoolListener {
  answer(answer: PoolAnswer): void;
  /** The thread has failed or is gone; saying so twice, or after its end was asked for, does no harm. */
  gone(why: string): void;
}

/** Threads that compute together with the one that asks, where the platform has them. */
export interface EncoderThreadPool {
  /** The caller among them, 2 to 8. */
  readonly size: number;
  /** Milliseconds within which a thread is to have its encoder open, default 10,000. */
  readonly patience?: number | undefined;
  /** May throw where no thread is to be had. */
  start(listener: PoolListener): PoolThread;
}
