import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { endSilent } from "./end-silent.ts";

const [UNREAD, SILENCE] = [100, 400];
const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** A connection to a server that answers request `i` by `answer(i)`, and the text received over it. */
async function connected(answer: (i: number, response: ServerResponse) => void) {
  let asked = 0;
  const server: Server = createServer({ keepAliveTimeout: UNREAD, keepAliveTimeoutBuffer: 0 }, (_, response) =>
    answer(asked++, response),
  );
  endSilent(server, { unreadMs: UNREAD, silenceMs: SILENCE });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const socket: Socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  const got = { text: "" };
  socket.setEncoding("utf8").on("data", (part) => {
    got.text += part;
  });
  // The server ends the connection; its reset is not a failure here.
  socket.on("error", () => undefined);
  // Observed on the server, because a client that does not read does not notice the end.
  const ended = accepted.then(([peer]) => once(peer, "close")).then(() => "ended");
  return { socket, got, ended };
}

/** Resolves to whether the connection ends within `milliseconds`. */
function endsWithin(ended: Promise<string>, milliseconds: number): Promise<string> {
  return Promise.race([ended, sleep(milliseconds, "open")]);
}

const answersOf = (text: string) => text.split("HTTP/1.1 200").length - 1;

test("an answer that is computed for longer than an unread one may wait is sent", async () => {
  const { socket, got } = await connected((_, response) => void sleep(250).then(() => response.end("late")));
  socket.write(REQUEST);
  await expect.poll(() => got.text, { timeout: 2000 }).toContain("late");
});

test("a connection whose answer never comes is ended", async () => {
  const { socket, ended } = await connected(() => {});
  socket.write(REQUEST);
  expect(await endsWithin(ended, SILENCE - UNREAD)).toBe("open");
  expect(await endsWithin(ended, 4 * SILENCE)).toBe("ended");
});

test("each answer on a connection has the whole time", async () => {
  const { socket, got } = await connected((i, response) => void sleep(300 * (i + 1)).then(() => response.end("late")));
  socket.write(REQUEST + REQUEST);
  await expect.poll(() => answersOf(got.text), { timeout: 2000 }).toBe(2);
});

test("an idle connection is ended as soon as one with an unread answer", async () => {
  const { socket, got, ended } = await connected((_, response) => response.end("soon"));
  socket.write(REQUEST);
  await expect.poll(() => got.text, { timeout: 2000 }).toContain("soon");
  expect(await endsWithin(ended, SILENCE - UNREAD)).toBe("ended");
});

test("a request that arrived while the server was busy is answered, though its connection is idle for too long by then", async () => {
  // The second answer takes a while: it is not sent within the turn in which its request is read.
  const { socket, got } = await connected((i, response) => void sleep(20 * i).then(() => response.end("soon")));
  socket.write(REQUEST);
  await expect.poll(() => answersOf(got.text), { timeout: 2000, interval: 5 }).toBe(1);
  // From here on the event loop runs its timers before it reads.
  await new Promise((resume) => setImmediate(resume));
  socket.write(REQUEST);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3 * UNREAD);
  await expect.poll(() => answersOf(got.text), { timeout: 2000 }).toBe(2);
});

test("an answer that nobody reads ends its connection, though another is being computed", async () => {
  const { socket, ended } = await connected((i, response) => {
    if (i === 0) response.end(new Uint8Array(2 ** 26));
  });
  socket.pause();
  socket.write(REQUEST + REQUEST);
  expect(await endsWithin(ended, 4 * SILENCE)).toBe("ended");
});
