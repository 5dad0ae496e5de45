import { textPiece } from "@pipit/core";
import { serveThread } from "../threads/serve-thread.ts";
import { openStarterFile } from "./starter-file.ts";

serveThread(async () => {
  const starter = await openStarterFile();
  return {
    opened: null,
    async answer(texts: readonly string[], signal) {
      const answer = await starter.embed(texts.map(textPiece), { signal });
      return { answer, transfer: [answer.buffer] };
    },
    close: () => starter.close(),
  };
});
