import type { TokenForm, TokenForms, WireError } from "@pipit/core";
import type { EncoderOptions } from "./encoder.ts";

/**
 * The messages between the threads of one encoder. Nothing is shared: a member has an instance and a copy of the file of its
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
  /** Ids of all rows, one after another. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** The form of the token vectors that are to be computed too. */
  readonly form?: TokenForm | undefined;
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

export type PoolAnswer = ComputedAnswer | { readonly id: number; readonly error: WireError };

export interface ComputedAnswer {
  readonly id: number;
  /** Bytes of memory that the member holds now. */
  readonly bytes: number;
  /** [rows, dimensions]; none for `open`. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** In the form that was asked for. */
  readonly tokens?: TokenForms[TokenForm] | undefined;
}

/** The near end of a thread, as each platform implements it. */
export interface PoolThread {
  post(request: PoolRequest, transfer: ArrayBuffer[]): void;
  /** While held, as at its start, the thread keeps its process alive. Platforms whose threads never do have neither function. */
  hold?(): void;
  release?(): void;
  end(): void;
}

export interface PoolListener {
  answer(answer: PoolAnswer): void;
  /** Called when the thread has failed or ended. A second call, or one after a requested end, is ignored. */
  gone(why: string): void;
}

/** Threads that compute together with the calling one, where the platform has them. */
export interface EncoderThreadPool {
  /** Number of threads with the caller's, 2 to 8. */
  readonly size: number;
  /** Milliseconds within which a thread is to have its encoder open, default 10,000. */
  readonly patience?: number | undefined;
  /** May throw where no thread can be started. */
  start(listener: PoolListener): PoolThread;
}
