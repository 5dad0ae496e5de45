import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { fetchUnlessSilent } from "./fetch-unless-silent.ts";

let host: Server | undefined;
afterEach(() => {
  host?.closeAllConnections();
  host?.close();
});

async function startHost(listener: RequestListener): Promise<string> {
  host = createServer(listener);
  await once(host.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(host.address() as AddressInfo).port}/file`;
}

const silence = { code: "remote-failed", got: expect.stringMatching(/^nothing from 127\.0\.0\.1:\d+ for 0\.05 s$/) };

test("an answer comes as it is", async () => {
  const url = await startHost((_, answer) => answer.writeHead(206, { etag: '"a"' }).end("model"));
  const answer = await fetchUnlessSilent(url);
  expect([answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([206, '"a"', "model"]);
});

test("an answer without a body has none", async () => {
  const url = await startHost((_, answer) => answer.writeHead(304).end());
  expect(await fetchUnlessSilent(url)).toMatchObject({ status: 304, body: null });
});

test("a host that never answers is given up", async () => {
  const url = await startHost(() => undefined);
  await expect(fetchUnlessSilent(url, {}, 50)).rejects.toMatchObject(silence);
});

test("a host that stops in the middle is given up", async () => {
  const url = await startHost((_, answer) => answer.writeHead(200, { "content-length": "9" }).write("half"));
  await expect((await fetchUnlessSilent(url, {}, 50)).text()).rejects.toMatchObject(silence);
});

test("a host that is slow is waited for, and so is a caller that reads slowly", async () => {
  const url = await startHost(async (_, answer) => {
    answer.writeHead(200);
    for (let piece = 0; piece < 5; piece++) {
      answer.write("x");
      await pause(200);
    }
    answer.end();
  });
  const answer = await fetchUnlessSilent(url, {}, 900);
  await pause(1200);
  expect(await answer.text()).toBe("xxxxx");
});

test("a caller that leaves ends the request with its own reason, before and after the answer began", async () => {
  const url = await startHost((asked, answer) => asked.url?.endsWith("begun") && answer.writeHead(200).write("half"));
  const leaving = new AbortController();
  const before = fetchUnlessSilent(url, { signal: leaving.signal });
  const begun = await fetchUnlessSilent(`${url}/begun`, { signal: leaving.signal });
  const reason = new Error("left");
  leaving.abort(reason);
  await expect(before).rejects.toBe(reason);
  await expect(begun.text()).rejects.toBe(reason);
});

test("a body that is cancelled ends the request", async () => {
  const closed = Promise.withResolvers<void>();
  const url = await startHost((_, answer) => {
    answer.writeHead(200).write("half");
    answer.once("close", closed.resolve);
  });
  await (await fetchUnlessSilent(url)).body?.cancel();
  await closed.promise;
});
