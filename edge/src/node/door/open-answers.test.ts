import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { OpenAnswers } from "./open-answers.ts";

/** The number of times that an answer is closed when its connection ends, on a platform that has already set `done` on it. */
function closings(done: object): number {
  const [server, socket, answer] = [new EventEmitter(), new EventEmitter(), new EventEmitter()];
  let closings = 0;
  answer.on("close", () => closings++);
  new OpenAnswers(server as Server);
  server.emit("connection", socket);
  server.emit("request", { socket }, Object.assign(answer, done));
  socket.emit("close");
  return closings;
}

test("an answer that waits behind another one is closed with its connection, where the platform leaves it open", () => {
  expect(closings({ socket: null, destroyed: false })).toBe(1);
});

test("an answer that the platform closes is not closed twice", () => {
  expect(closings({ socket: null, destroyed: true })).toBe(0);
  expect(closings({ socket: {}, destroyed: false })).toBe(0);
});

test("a server that has stopped cuts nothing later", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  const cut = vi.spyOn(server, "closeAllConnections");
  await new OpenAnswers(server).stop(20);
  await sleep(40);
  expect(cut).not.toHaveBeenCalled();
});

/** Longer than any test. */
const NO_LIMIT = 300_000;

/** A connection to a server that never ends idle ones by itself. */
async function connected(listener: RequestListener) {
  const server = createServer({ keepAliveTimeout: 0 }, listener);
  const open = new OpenAnswers(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const accepted = once(server, "connection");
  const socket: Socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const got = { text: "" };
  socket.setEncoding("utf8").on("data", (part) => {
    got.text += part;
  });
  const [peer] = (await accepted) as [Socket];
  const ask = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return { open, server, socket, peer, got, ask };
}

test("answers to requests that came before and after the stop are sent, and then the connection is closed", async () => {
  const begun: (() => void)[] = [];
  const { open, server, socket, got, ask } = await connected((_, answer) => {
    // Its headers are sent before the stop, and keep the connection alive.
    answer.write("begun ");
    begun.push(() => answer.end("done"));
  });
  ask("/a");
  await expect.poll(() => got.text).toContain("begun");
  const closed = once(socket, "close");
  const stopped = open.stop(NO_LIMIT);
  const second = once(server, "request");
  ask("/b");
  await second;
  begun[0]?.();
  await expect.poll(() => got.text).toContain("done");
  begun[1]?.();
  await Promise.all([closed, stopped]);
  expect(got.text.match(/Connection: .*|done/g)).toEqual([
    "Connection: keep-alive",
    "done",
    "Connection: close",
    "done",
  ]);
});

test("an answer whose headers were sent before the stop is the last of its connection", async () => {
  let end = () => {};
  const { open, socket, got, ask } = await connected((_, answer) => {
    answer.write("begun ");
    end = () => answer.end("done");
  });
  ask("/a");
  await expect.poll(() => got.text).toContain("begun");
  const stopped = open.stop(NO_LIMIT);
  end();
  await Promise.all([once(socket, "close"), stopped]);
  expect(got.text).toContain("done");
});

test("a connection that has ended is kept no longer", async () => {
  const { open, socket, peer } = await connected((_, answer) => answer.end());
  const ending = vi.spyOn(peer, "destroySoon");
  const gone = once(peer, "close");
  socket.destroy();
  await gone;
  await open.stop(NO_LIMIT);
  expect(ending).not.toHaveBeenCalled();
});
