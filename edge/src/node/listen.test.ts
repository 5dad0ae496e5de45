import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "./listen.ts";

const NAMES = {
  port: "--port",
  host: "--host",
  data: "--data",
  models: "--models",
  runtime: "--runtime",
  language: "--language",
};
const fetchNothing = () => new Response("here");

test("the address of a server on IPv6 can be asked as it is told", async () => {
  const { url, stop } = await listen(fetchNothing, { host: "::1", port: 0 });
  onTestFinished(() => stop());
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await (await fetch(url)).text()).toBe("here");
});

test("an address that is not of this machine is refused, with what to give", async () => {
  const options = { host: "192.0.2.1", port: 0 };
  await expect(listen(fetchNothing, options)).rejects.toMatchObject({
    code: "bad-input",
    got: expect.stringMatching(/^192\.0\.2\.1:0 \(.*EADDRNOTAVAIL/),
    do: expect.stringMatching(/^Give HOST an address of this machine/),
    cause: { code: "EADDRNOTAVAIL" },
  });
  await expect(listen(fetchNothing, { ...options, names: NAMES })).rejects.toThrow(/Give --host an address/);
});

test("a name without an address is refused in the same way", async () => {
  await expect(listen(fetchNothing, { host: "nobody.invalid", port: 0 })).rejects.toThrow(/Give HOST an address/);
});

test("a port that another server has is refused, with what to give", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const refused = listen(fetchNothing, { host: "127.0.0.1", port, names: NAMES });
  await expect(refused).rejects.toThrow(`got 127.0.0.1:${port}, which another process listens on`);
  await expect(refused).rejects.toThrow("Give --port another port, or 0 for any free one.");
});
