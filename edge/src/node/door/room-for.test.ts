import { expect, test } from "vitest";
import { HTTP_LIMITS } from "../../app/limits.ts";
import { roomFor } from "./room-for.ts";

const EMBEDDINGS = { method: "POST", path: "/v1/embeddings" };
const SEARCH = { method: "POST", path: "/v1/collections/:name/search" };
const ADD = { method: "POST", path: "/v1/collections/:name/entries" };
const READY = { method: "GET", path: "/ready" };

test("questions, writes, long calls of embeddings and probes have rooms of their own", () => {
  const rooms = roomFor();
  const different = [rooms(SEARCH, 100), rooms(ADD, 100), rooms(EMBEDDINGS, 100_000), rooms(READY, 0)];
  expect(new Set(different).size).toBe(4);
});

test("a short call of embeddings is a question", () => {
  const rooms = roomFor();
  const questions = rooms(SEARCH, 100_000);
  expect(rooms(EMBEDDINGS, HTTP_LIMITS.questionBytes)).toBe(questions);
  expect(rooms(EMBEDDINGS, HTTP_LIMITS.questionBytes + 1)).not.toBe(questions);
  expect(rooms({ method: "GET", path: "/v1/models" }, 0)).toBe(questions);
});
