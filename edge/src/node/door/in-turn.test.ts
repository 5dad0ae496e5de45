import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../listen.ts";

/** The limit of waiting requests on one connection, as in ARCHITECTURE.md. */
const MOST = 64;

interface Begun {
  readonly path: string;
  answer(): void;
}

/** A connection to a server whose answers the test releases. */
async function connected() {
  const begun: Begun[] = [];
  const lines: { readonly path: string; readonly status: number; readonly gone?: true }[] = [];
  const fetch = (request: Request) =>
    new Promise<Response>((resolve) => {
      begun.push({ path: new URL(request.url).pathname, answer: () => resolve(new Response("answered")) });
    });
  const log = (line: string) => void lines.push(JSON.parse(line));
  const { url, stop } = await listen(fetch, { host: "127.0.0.1", port: 0, log, patience: { stopMs: 0 } });
  const socket: Socket = connect(Number(new URL(url).port), "127.0.0.1");
  const got = { text: "", ended: false };
  socket.setEncoding("utf8").on("data", (part) => {
    got.text += part;
  });
  socket
    .on("error", () => undefined)
    .on("close", () => {
      got.ended = true;
    });
  onTestFinished(async () => {
    socket.destroy();
    await stop();
  });
  const ask = (...paths: string[]) =>
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(""));
  const paths = () => begun.map(({ path }) => path);
  return { socket, ask, begun, paths, got, lines };
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 20));
const many = (count: number) => Array.from({ length: count }, (_, i) => `/${i}`);

test("pipelined requests run one after another, each when the answer before it was sent", async () => {
  const { ask, begun, paths, got } = await connected();
  ask("/a", "/b", "/c");
  await expect.poll(paths).toEqual(["/a"]);
  ask("/d");
  for (const next of [
    ["/a", "/b"],
    ["/a", "/b", "/c"],
    ["/a", "/b", "/c", "/d"],
  ]) {
    await turns();
    expect(paths()).toHaveLength(next.length - 1);
    begun.at(-1)?.answer();
    await expect.poll(paths).toEqual(next);
  }
  begun.at(-1)?.answer();
  await expect.poll(() => got.text.split("answered").length - 1).toBe(4);
  ask("/e");
  await expect.poll(paths).toContain("/e");
});

test("requests of two connections do not wait for one another", async () => {
  const [one, other] = [await connected(), await connected()];
  one.ask("/a");
  other.ask("/b");
  await expect.poll(one.paths).toEqual(["/a"]);
  await expect.poll(other.paths).toEqual(["/b"]);
});

test("requests that wait when their caller leaves are not worked on, and each is a line", async () => {
  const { socket, ask, begun, paths, lines } = await connected();
  ask("/a", "/b", "/c", "/d");
  await expect.poll(paths).toEqual(["/a"]);
  socket.destroy();
  await expect.poll(() => lines).toHaveLength(4);
  for (const path of ["/a", "/b", "/c", "/d"]) {
    expect(lines).toContainEqual(expect.objectContaining({ path, status: 499, gone: true }));
  }
  begun[0]?.answer();
  await turns();
  expect(paths()).toEqual(["/a"]);
  expect(lines).toHaveLength(4);
});

test("waiting requests up to the limit are all answered", async () => {
  const { ask, begun, got } = await connected();
  ask(...many(MOST));
  for (let i = 0; i < MOST; i++) {
    await expect.poll(() => begun.length, { interval: 1 }).toBe(i + 1);
    begun[i]?.answer();
  }
  await expect.poll(() => got.text.split("answered").length - 1).toBe(MOST);
});

test("one more closes the connection, and none of its requests is worked on any more", async () => {
  const { ask, begun, paths, got, lines } = await connected();
  ask(...many(MOST + 3));
  await expect.poll(() => got.ended).toBe(true);
  begun[0]?.answer();
  await turns();
  expect(paths()).toEqual(["/0"]);
  expect(lines).toHaveLength(MOST + 3);
});
