import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { closeIdlest } from "./close-idlest.ts";

const MOST = 4;

/** A server that answers "/" at once, and never answers any other path. */
async function started() {
  const server = createServer((request, answer) => {
    request.resume();
    if (request.url === "/") answer.end("answered");
  });
  closeIdlest(server, MOST);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const dial = async (text = "") => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    sockets.push(socket);
    const state = { socket, got: "", closed: false };
    socket.setEncoding("utf8").on("data", (part) => {
      state.got += part;
    });
    socket
      .on("error", () => undefined)
      .on("close", () => {
        state.closed = true;
      });
    await new Promise((connected) => socket.once("connect", connected));
    socket.write(text);
    await new Promise((later) => setTimeout(later, 15));
    return state;
  };
  return dial;
}

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const WORKED_ON = "GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HALF_BODY = "POST /long HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1234";

test("beyond the limit the connection that has been idle for longest is closed", async () => {
  const dial = await started();
  const idle: Awaited<ReturnType<typeof dial>>[] = [];
  for (let i = 0; i < MOST; i++) idle.push(await dial(i === 0 ? REQUEST : "GET /"));
  // The first connection sends a request, so that the second has been idle for longer.
  idle[0]?.socket.write(REQUEST);
  await expect.poll(() => idle[0]?.got.split("answered").length).toBe(3);
  const fresh = await dial(REQUEST);
  expect(fresh.got).toContain("answered");
  expect(idle.map(({ closed }) => closed)).toEqual([false, true, false, false]);
});

test("one whose request is still arriving is closed before one that is worked on", async () => {
  const dial = await started();
  const worked = await dial(WORKED_ON);
  const half = await dial(HALF_BODY);
  const others = [await dial(WORKED_ON), await dial(WORKED_ON)];
  expect((await dial(REQUEST)).got).toContain("answered");
  expect([half, worked, ...others].map(({ closed }) => closed)).toEqual([true, false, false, false]);
});

test("where all are worked on, the new one is closed", async () => {
  const dial = await started();
  const worked: Awaited<ReturnType<typeof dial>>[] = [];
  for (let i = 0; i < MOST; i++) worked.push(await dial(WORKED_ON));
  expect((await dial(REQUEST)).closed).toBe(true);
  worked[0]?.socket.destroy();
  await expect.poll(async () => (await dial(REQUEST)).got).toContain("answered");
  expect(worked.slice(1).some(({ closed }) => closed)).toBe(false);
});
