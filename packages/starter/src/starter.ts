export { openStarter, type Starter, TOKEN_LIMIT } from "./open-starter.ts";
export { createStarterEmbedder } from "./starter-embedder.ts";
export type { StarterHeader } from "./starter-file.ts";
export { starterMeanings } from "./starter-meanings.ts";
