import { HTTP_LIMITS } from "../../app/limits.ts";
import type { ApiRoute } from "../host/api-host.ts";
import { AnswerRoom } from "./answer-room.ts";

export type RoomFor = (route: ApiRoute, bodyBytes: number) => AnswerRoom;

/** Separate limits by the cost of requests, so that a question does not wait behind embeddings or writes. */
export function roomFor(): RoomFor {
  const { embeddingCallsAtATime, questionBytes, requestsAtATime, answerBytesUnsent: unsentBytes } = HTTP_LIMITS;
  const embeddings = new AnswerRoom({ atATime: embeddingCallsAtATime, unsentBytes });
  const writes = new AnswerRoom({ atATime: requestsAtATime, unsentBytes });
  const questions = new AnswerRoom({ atATime: requestsAtATime, unsentBytes });
  // A load balancer's probe takes no computing, and its answer is one line.
  const probes = new AnswerRoom({ atATime: Number.POSITIVE_INFINITY, unsentBytes });
  return ({ method, path }, bodyBytes) => {
    if (path === "/ready") return probes;
    if (path === "/v1/embeddings") return bodyBytes > questionBytes ? embeddings : questions;
    return method === "GET" || path.endsWith("/search") ? questions : writes;
  };
}
