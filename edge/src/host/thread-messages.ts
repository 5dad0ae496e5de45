import type { WireError } from "@pipit/core";
import type { ApiRoute, ModelsReport } from "./api-host.ts";
import type { ApiAnswer, ApiRequest } from "./api-request.ts";

/**
 * What the door's thread and the API's thread say to each other. A request has a number, since answers come in any order, and
 * `stop` takes the number because a signal cannot be cloned. Bodies are transferred, never copied. After "close" the thread
 * saves, and ends.
 */
export type ToThread =
  | { readonly ask: "answer"; readonly id: number; readonly request: ApiRequest }
  | { readonly ask: "stop"; readonly id: number }
  | { readonly ask: "close" };

export type FromThread =
  | { readonly tell: "open"; readonly routes: readonly ApiRoute[]; readonly models: ModelsReport }
  | { readonly tell: "not-open"; readonly error: WireError }
  | { readonly tell: "models"; readonly models: ModelsReport }
  | { readonly tell: "answer"; readonly id: number; readonly answer: ApiAnswer }
  | { readonly tell: "failure"; readonly id: number; readonly error: WireError };
