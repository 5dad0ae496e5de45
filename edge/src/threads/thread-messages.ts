import type { WireError } from "@pipit/core";

/**
 * What a thread and the one that started it say to each other. A call has a number, since answers come in any order, and `stop`
 * takes the number because a signal cannot be cloned. Large values are transferred, never copied. After "close" the thread saves
 * what it holds, and ends.
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
