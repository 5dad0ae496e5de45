import type { WireError } from "@pipit/core";

/**
 * Messages between a thread and the thread that started it. Each call has a number, because answers come in any order. `stop` names that
 * number, because an AbortSignal cannot be cloned. Large values are transferred, not copied. After "close" the thread saves its
 * state and ends.
 */
export type ToThread<Request> =
  | { readonly ask: "answer"; readonly id: number; readonly request: Request }
  | { readonly ask: "stop"; readonly id: number }
  | { readonly ask: "close" };

export type FromThread<Opened, Answer, News> =
  | { readonly tell: "open"; readonly opened: Opened }
  | { readonly tell: "not-open"; readonly error: WireError }
  | { readonly tell: "news"; readonly news: News }
  | { readonly tell: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly tell: "failure"; readonly id: number; readonly error: WireError };
