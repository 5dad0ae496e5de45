import type { ApiRoute } from "../host/api-host.ts";
import { HTTP_LIMITS } from "../limits.ts";
import { AnswerRoom } from "./answer-room.ts";

export type RoomFor = (route: ApiRoute, bodyBytes: number) => AnswerRoom;

/** Rooms by what their requests cost, so that a question waits neither behind embeddings nor behind writes. */
export function roomFor(): RoomFor {
  const { embeddingCallsAtATime, questionBytes, requestsAtATime, answerBytesUnsent: unsentBytes } = HTTP_LIMITS;
  const embeddings = new AnswerRoom({ atATime: embeddingCallsAtATime, unsentBytes });
  const writes = new AnswerRoom({ atATime: requestsAtATime, unsentBytes });
  const questions = new AnswerRoom({ atATime: requestsAtATime, unsentBytes });
  // A balancer's question costs nothing, and its answer is a line.
  const probes = new AnswerRoom({ atATime: Number.POSITIVE_INFINITY, unsentBytes });
  return ({ method, path }, bodyBytes) => {
    if (path === "/ready") return probes;
    if (path === "/v1/embeddings") return bodyBytes > questionBytes ? embeddings : questions;
    return method === "GET" || path.endsWith("/search") ? questions : writes;
  };
}
