import { env, exports } from "cloudflare:workers";
import { createEdgeEngine } from "@pipit/edge/client";
import { searchEngineContract } from "../../contracts/search-engine.ts";

let engines = 0;

searchEngineContract("over HTTP to a Worker, D1, search in WASM", async () =>
  createEdgeEngine({
    url: "http://pipit.test",
    collection: `birds-${++engines}`,
    create: "if-missing",
    key: env.PIPIT_KEY,
    fetch: (request) => exports.default.fetch(request),
  }),
);
