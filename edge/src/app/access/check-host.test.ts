import { describe, expect, test } from "vitest";
import { checkHost } from "./check-host.ts";

describe("where a server listens", () => {
  test.each(["127.0.0.1", "0.0.0.0", "::1", "::", "localhost"])("may be %s", async (host) => {
    await expect(checkHost(host)).resolves.toBeUndefined();
  });

  test.each([
    "999.1.1.1",
    "127.0.0",
    "1",
    "",
    "[::1]",
    "localhost:3000",
    "http://localhost",
    "my host",
    "nobody.invalid",
  ])("is not %j, and the message quotes it", async (host) => {
    const error = await checkHost(host, "--host").catch((reason) => reason);
    expect(error).toMatchObject({ code: "bad-input", do: expect.stringContaining("--host") });
    expect(error.got).toContain(`--host ${host}`);
    await expect(checkHost(host)).rejects.toThrow(`HOST=${host}`);
  });
});
