import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { checkedText, type EmbedderChoice, LimitError, Slices, type Space, textPiece } from "@pipit/core";
import { badRequest } from "../http-errors.ts";
import { HTTP_LIMITS } from "../limits.ts";
import type { ModelState } from "../model-states.ts";
import { Refusal } from "../refusal.ts";
import { embeddings, embeddingsQuery, modelList, requestHeaders } from "../schemas.ts";
import type { Services } from "../services.ts";
import { bodyFailures, failures, json } from "./answers.ts";
import { embeddingList } from "./embedding-list.ts";
import { unreadMark } from "./unread-mark.ts";

const createEmbeddings = ({ dimensions }: Space) =>
  createRoute({
    method: "post",
    path: "/v1/embeddings",
    summary: "Texts to unit vectors, compatible with OpenAI's API",
    request: {
      headers: requestHeaders,
      body: { content: { "application/json": { schema: embeddingsQuery(dimensions) } }, required: true },
    },
    responses: { 200: json(embeddings, "One vector a text."), ...bodyFailures(404) },
  });

const listModels = createRoute({
  method: "get",
  path: "/v1/models",
  summary: "The models and their states",
  security: [],
  responses: { 200: json(modelList, "All models, the plainest first."), ...failures() },
});

export function embeddingRoutes(app: OpenAPIHono, { models }: Services): void {
  app.openapi(createEmbeddings(models.space), async (c) => {
    const { model, input, encoding_format = "float", dimensions } = c.req.valid("json");
    assertKnown(model, models);
    const { embedder } = models.named(model);
    assertNativeWidth(dimensions, embedder.space.dimensions);
    // Texts are checked and prepared like entries and queries, so that equal texts have equal vectors.
    const texts = (typeof input === "string" ? [input] : input).map(checkedText);
    const pieces = texts.map(textPiece);
    const tokens = await tokensWithin(embedder, texts);
    const start = performance.now();
    // One text may be a question of a waiting user; several are bulk work, which questions may overtake.
    const priority = pieces.length > 1 ? "bulk" : "query";
    const matrix = await embedder.embed(pieces, { signal: c.req.raw.signal, priority });
    c.header("Server-Timing", `embed;dur=${(performance.now() - start).toFixed(2)}`);
    const about = {
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      space: embedder.space.id,
      producer: embedder.producer.name,
    };
    const marks = (index: number) => unreadMark(texts[index]!, embedder.space);
    // The answer is written in slices: a thousand vectors take a tenth of a second.
    const bytes = await embeddingList(matrix, {
      width: embedder.space.dimensions,
      format: encoding_format,
      marks,
      about,
    });
    return c.body(bytes, 200, { "Content-Type": "application/json" }) as never;
  });

  app.openapi(listModels, (c) => {
    const data = models.all().map(([id, state]) => ({ id, ...modelInfoOf(state), ...spaceInfo }));
    return c.json({ object: "list", data }, 200);
  });

  const spaceInfo = { dimensions: models.space.dimensions, space: models.space.id };
}

function modelInfoOf(model: ModelState) {
  const common = { object: "model" as const, created: 0, owned_by: "pipit", state: model.state, why: model.why };
  if (model.state !== "ready") return common;
  return { ...common, backend: model.backend, producer: model.embedder.producer };
}

// A shortened MiniLM vector belongs to no trained space: an error is better than silently worse answers.
function assertNativeWidth(asked: number | undefined, width: number): void {
  if (asked === undefined || asked === width) return;
  throw badRequest(`dimensions of ${asked}`, `${width}, the model's own`, "Leave `dimensions` out.");
}

/** Answers 404 for an unavailable model, as OpenAI's clients expect. A model that is being loaded gets a 503 instead. */
function assertKnown(model: string, models: Services["models"]): void {
  const there = models.all().filter(([, { state }]) => state !== "absent");
  const names = there.map(([name]) => name);
  if (names.includes(model)) return;
  throw new Refusal(404, {
    got: `the model ${JSON.stringify(model.slice(0, 80))}`,
    expected: `one of ${names.join(", ")}`,
    do: "Ask GET /v1/models which are there.",
  });
}

/** Counts the tokens that the model reads; text beyond its window is not counted. Fails above the limits of a call. */
async function tokensWithin({ window }: EmbedderChoice["embedder"], texts: readonly string[]): Promise<number> {
  const slices = new Slices();
  let characters = 0;
  let tokens = 0;
  for (const text of texts) {
    characters += text.length;
    if (characters > HTTP_LIMITS.embeddingsCharacters) throw tooMuch("characters", HTTP_LIMITS.embeddingsCharacters);
    tokens += window ? Math.min(window.count(text), window.limit) : 0;
    if (tokens > HTTP_LIMITS.embeddingsTokens) throw tooMuch("tokens", HTTP_LIMITS.embeddingsTokens);
    await slices.pause();
  }
  return tokens;
}

function tooMuch(unit: string, most: number): LimitError {
  return new LimitError(`more than ${most} ${unit}`, `at most ${most} in a call`, "Send the texts in several calls.");
}
