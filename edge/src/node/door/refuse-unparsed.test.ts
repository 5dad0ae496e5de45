import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RawSocket, requestText } from "@pipit/test/fixtures/raw-socket";
import { expect, onTestFinished, test } from "vitest";
import { OpenAnswers } from "./open-answers.ts";
import { refuseUnparsed, unreadable } from "./refuse-unparsed.ts";

test("no refusal is written into the middle of an answer", async () => {
  const server = createServer((_, answer) => answer.writeHead(200).write("the first half"));
  const answers = new OpenAnswers(server);
  refuseUnparsed(server, (socket) => answers.hasBegun(socket));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = await RawSocket.dial(`http://127.0.0.1:${port}`, requestText("GET", "/"));
  await expect.poll(() => socket.received).toContain("the first half");
  socket.socket.write("no request\r\n\r\n");
  await socket.over;
  expect(socket.statuses).toEqual([200]);
});

test("an error of the server is not blamed on the caller", () => {
  expect(unreadable(new Error("a mistake")).status).toBe(500);
});
