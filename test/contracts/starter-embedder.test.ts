import { MINILM_SPACE } from "@pipit/core";
import { openStarterThreads } from "@pipit/edge/node";
import { createStarterEmbedder } from "@pipit/starter";
import { shippedFile } from "../fixtures/shipped-starter.ts";
import { embedderContract } from "./embedder.ts";

embedderContract("the starter", async () => createStarterEmbedder(shippedFile(), MINILM_SPACE));
embedderContract("the starter in two threads", () => openStarterThreads());
