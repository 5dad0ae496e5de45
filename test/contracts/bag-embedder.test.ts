import { createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { embedderContract } from "./embedder.ts";

embedderContract("the bag of words, which stands in for models in tests", async () => createBagEmbedder());
