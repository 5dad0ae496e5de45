import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface AppServer {
  readonly url: string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** The server of `npm start` on any free port, with an empty data folder. `models` is a PIPIT_MODELS list. */
export async function startAppServer(models: string): Promise<AppServer> {
  const data = await mkdtemp(join(tmpdir(), "pipit-bench-"));
  const env = { ...process.env, PORT: "0", PIPIT_DATA: data, PIPIT_MODELS: models };
  const args = ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning", "edge/src/start.ts"];
  const server = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const url = await addressOf(server);
  return {
    url,
    stop: async () => {
      server.kill("SIGTERM");
      await once(server, "close");
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function addressOf(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const [address] = line.match(/http:\/\/\S+/) ?? [];
    if (!address) continue;
    server.stdout!.resume();
    return address;
  }
  throw new Error("the server ended before it listened");
}
