import { parseArgs } from "node:util";
import { accessLog, accessOptions, modelPlaces, runtimesOf, startNodeServer } from "@pipit/edge/node";
import type { Command } from "./command.ts";

/** Flags before environment before defaults, as `npm start` reads the same variables. */
export const serve: Command = {
  name: "serve",
  usage: "serve [--port N] [--host H] [--data DIR] [--models LIST] [--runtime kernel|native] [--app DIR]",
  summary: "the edge server on this machine",
  async run(args, print) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: process.env.PORT ?? "3000" },
        host: { type: "string", default: process.env.HOST ?? "127.0.0.1" },
        data: { type: "string", default: process.env.PIPIT_DATA ?? ".pipit" },
        models: { type: "string", default: process.env.PIPIT_MODELS ?? "" },
        runtime: { type: "string", default: process.env.PIPIT_RUNTIME ?? "" },
        app: { type: "string" },
      },
    });
    const server = await startNodeServer({
      port: Number(values.port),
      host: values.host,
      dataFolder: values.data,
      modelPlaces: modelPlaces(values.models),
      runtimes: runtimesOf(values.runtime),
      appFolder: values.app,
      access: accessOptions(process.env),
      log: accessLog(process.env),
    });
    print(`Pipit listens on ${server.url}`);
    await untilTold();
    await server.close();
    return 0;
  },
};

function untilTold(): Promise<unknown> {
  return new Promise((told) => {
    process.once("SIGINT", told);
    process.once("SIGTERM", told);
  });
}
