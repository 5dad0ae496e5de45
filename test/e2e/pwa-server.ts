import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface PwaServer {
  readonly url: string;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The server that `npm start` runs, on any free port, with data of its own; without models unless told. */
export async function startPwaServer(models = ""): Promise<PwaServer> {
  const data = await mkdtemp(join(tmpdir(), "pipit-pwa-"));
  const env = { ...process.env, PORT: "0", PIPIT_DATA: data, PIPIT_MODELS: models };
  const server = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    url: await addressOf(server),
    stop: async () => {
      // The group, because npm hands a signal on to no child.
      process.kill(-server.pid!, "SIGTERM");
      await once(server, "close");
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function addressOf(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout! })) {
    const [address] = line.match(/http:\/\/\S+/) ?? [];
    if (address) {
      server.stdout!.resume();
      return address;
    }
  }
  throw new Error("the server ended before it listened");
}
