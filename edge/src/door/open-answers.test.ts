import { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { OpenAnswers } from "./open-answers.ts";

/** How often an answer is closed whose connection ends, on a platform that has done `done` to it by then. */
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
