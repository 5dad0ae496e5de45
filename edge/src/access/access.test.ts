import { describe, expect, test } from "vitest";
import { accessOptions } from "./access-options.ts";
import { boundAccess } from "./bound-access.ts";
import { isKey, keyDigest } from "./key-digest.ts";
import { isLoopback } from "./loopback.ts";

describe("the key", () => {
  test("is kept as its digest, and is itself alone", async () => {
    const digest = await keyDigest("open sesame");
    expect(Buffer.from(digest).toString("hex")).not.toContain(Buffer.from("open").toString("hex"));
    expect(await isKey("open sesame", digest)).toBe(true);
    for (const wrong of ["", "open sesam", "open sesame ", "Open sesame", Buffer.from(digest).toString("hex")]) {
      expect(await isKey(wrong, digest)).toBe(false);
    }
  });

  test("may be given as its digest, so that the environment does not hold it", async () => {
    const hex = Buffer.from(await keyDigest("open sesame")).toString("hex");
    expect(await isKey("open sesame", await keyDigest(`sha256:${hex}`))).toBe(true);
    expect(await isKey(`sha256:${hex}`, await keyDigest(`sha256:${hex}`))).toBe(false);
  });

  test("of blanks is refused", async () => {
    await expect(keyDigest("  ")).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("a bind beyond loopback", () => {
  test.each(["0.0.0.0", "::", "192.168.0.7", "pi.local", "", "localhost.example"])(
    "%j asks for a key",
    async (host) => {
      expect(() => boundAccess(host)).toThrow(/PIPIT_KEY/);
      await expect(boundAccess(host, { key: "k" })).resolves.toMatchObject({ key: expect.any(Uint8Array) });
    },
  );

  test.each(["127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]", "app.localhost"])("%s does not", async (host) => {
    expect(isLoopback(host)).toBe(true);
    expect((await boundAccess(host)).key).toBe("unneeded");
  });
});

describe("the variables of an environment", () => {
  test("name origins, hosts and public collections by lists", () => {
    const PIPIT_ORIGINS = "https://site.example/, http://localhost:5173";
    expect(accessOptions({ PIPIT_ORIGINS, PIPIT_HOSTS: "Pi.local", PIPIT_PUBLIC_SEARCH: "docs,guide" })).toEqual({
      key: undefined,
      origins: ["https://site.example", "http://localhost:5173"],
      hosts: ["pi.local"],
      publicSearch: ["docs", "guide"],
    });
  });

  test.each(["*", "site.example", "https://site.example/path", "null"])("%s is no origin", (PIPIT_ORIGINS) => {
    expect(() => accessOptions({ PIPIT_ORIGINS })).toThrow(/PIPIT_ORIGINS/);
  });
});
