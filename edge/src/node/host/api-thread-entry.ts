import { serveThread } from "../threads/serve-thread.ts";
import { type ApiHostOptions, type ModelsReport, openApiHost } from "./api-host.ts";
import type { ApiRequest } from "./api-request.ts";

serveThread(async (options: ApiHostOptions, tell: (report: ModelsReport) => void) => {
  const host = await openApiHost(options, { onModels: (report) => tell(plain(report)) });
  return {
    opened: { routes: host.routes, models: plain(host.models) },
    async answer(request: ApiRequest, signal) {
      const answer = await host.answer(request, signal);
      return { answer, transfer: [answer.body.buffer] };
    },
    close: () => host.close(),
  };
});

/** States as plain values: embedders do not cross threads. */
function plain({ states, ...report }: ModelsReport): ModelsReport {
  return { ...report, states: states.map(([name, { state }]) => [name, { state }]) };
}
