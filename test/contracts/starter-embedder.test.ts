import { MINILM_SPACE } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import { shippedFile } from "../fixtures/shipped-starter.ts";
import { embedderContract } from "./embedder.ts";

embedderContract("the starter", async () => createStarterEmbedder(shippedFile(), MINILM_SPACE));
