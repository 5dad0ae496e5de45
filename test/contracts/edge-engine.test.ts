import { createEdgeEngine } from "@pipit/edge/client";
import { afterEach } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";
import { searchEngineContract } from "./search-engine.ts";

const opened: Awaited<ReturnType<typeof openEdgeApp>>[] = [];

searchEngineContract("over HTTP, without a socket", async () => {
  const edge = await openEdgeApp();
  opened.push(edge);
  return createEdgeEngine({
    url: "http://pipit.test",
    collection: "birds",
    create: "if-missing",
    fetch: (request) => edge.app.request(request),
  });
});

afterEach(async () => {
  for (const edge of opened.splice(0)) await edge.close();
});
