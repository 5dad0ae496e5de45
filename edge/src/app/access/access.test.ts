import type { PipitError } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { accessLog } from "../../node/serve.ts";
import { type AccessVariables, accessOptions } from "./access-options.ts";
import { boundAccess } from "./bound-access.ts";
import { isKey, keyDigest } from "./key-digest.ts";
import { isLoopback } from "./loopback.ts";

describe("the key", () => {
  test("is kept as its digest, and matches only itself", async () => {
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

describe("a server bound to more than loopback", () => {
  test.each(["0.0.0.0", "::", "192.168.0.7", "pi.local", "", "localhost.example"])("%j needs a key", async (host) => {
    expect(() => boundAccess(host)).toThrow(/PIPIT_KEY/);
    await expect(boundAccess(host, { key: "k" })).resolves.toMatchObject({ key: expect.any(Uint8Array) });
  });

  test.each(["127.0.0.1", "127.8.9.1", "::ffff:127.0.0.1", "localhost", "::1", "[::1]", "app.localhost"])(
    "%s does not",
    async (host) => {
      expect(isLoopback(host)).toBe(true);
      expect((await boundAccess(host)).key).toBe("unneeded");
    },
  );
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

  test.each([
    "*",
    "site.example",
    "https://site.example/path",
    "https://*.site.example",
    "https://a.example https://b.example",
    "ftp://site.example",
    "null",
  ])("%s is no origin", (PIPIT_ORIGINS) => {
    expect(() => accessOptions({ PIPIT_ORIGINS })).toThrow(`got ${PIPIT_ORIGINS} in PIPIT_ORIGINS`);
  });

  test.each([
    "lan.example:4100",
    "lan.example:80",
    "http://foo",
    "foo/bar",
    "a.example b.example",
    "*",
    "*.example",
    "a..example",
    ".example",
    "foo?",
    "%66oo",
    "[::1]:3000",
    "::1",
    "1",
    "999.1.1.1",
  ])("%s is no host's name", (PIPIT_HOSTS) => {
    const error = refusal({ PIPIT_HOSTS });
    expect(error).toMatchObject({ code: "bad-input", got: `${PIPIT_HOSTS} in PIPIT_HOSTS` });
    expect(error.do).toContain("no scheme, port, path");
  });

  test.each([
    ["Pi.Local.", "pi.local"],
    ["b\u00fccher.example", "xn--bcher-kva.example"],
    ["my_pi", "my_pi"],
    ["192.168.1.7", "192.168.1.7"],
    ["[::1]", "[::1]"],
  ])("the host %s is kept as a request names it", (PIPIT_HOSTS, kept) => {
    expect(accessOptions({ PIPIT_HOSTS }).hosts).toEqual([kept]);
  });

  test.each(["../x", "Docs", "docs guide", "docs/", "docs*", "x".repeat(64)])(
    "%s is no collection that could be searched",
    (name) => {
      const error = refusal({ PIPIT_PUBLIC_SEARCH: `docs, ${name}` });
      expect(error).toMatchObject({ code: "bad-input", got: `${name} in PIPIT_PUBLIC_SEARCH` });
    },
  );

  test.each([
    ["PIPIT_ORIGINS", "https://wren:s3cret@site.example"],
    ["PIPIT_ORIGINS", "https://wren:s3c,ret@site.example"],
    ["PIPIT_ORIGINS", "https://site.example/?token=s3cret"],
    ["PIPIT_HOSTS", "wren:s3cret@site.example"],
    ["PIPIT_HOSTS", "s3cret@site.example"],
    ["PIPIT_PUBLIC_SEARCH", "https://wren:s3cret@site.example/v1/collections/docs"],
  ])("%s of %s is refused, and is not shown", (name, list) => {
    const error = refusal({ [name]: list });
    expect(error).toMatchObject({ code: "bad-input", got: expect.stringContaining(`in ${name}`) });
    expect(error.message).not.toMatch(/s3c|ret@|wren/);
  });

  test("make all collections public by a star", () => {
    expect(accessOptions({ PIPIT_PUBLIC_SEARCH: "*" }).publicSearch).toEqual(["*"]);
  });

  test.each(["open sesame", "sesame\n", "s\u00e9same", "\u{1f511}", "sesame\u007f", " "])(
    "the key %j cannot be sent as it is meant, and is not shown",
    (PIPIT_KEY) => {
      const error = refusal({ PIPIT_KEY });
      expect(error).toMatchObject({ code: "bad-input", got: expect.stringContaining("PIPIT_KEY") });
      expect(error.do).toContain("line end");
      expect(error.message).not.toContain(PIPIT_KEY.trim() || "nothing to show");
    },
  );

  test("an invalid digest is refused, and is not shown", () => {
    const error = refusal({ PIPIT_KEY: "sha256:sesame" });
    expect(error).toMatchObject({ code: "bad-input", got: expect.stringContaining("no such digest") });
    expect(error.message).not.toContain("sesame");
  });

  test("take any key of printable ASCII, or a digest", () => {
    for (const key of ['!~"#$%&', "a".repeat(200), `sha256:${"0aF9".repeat(16)}`]) {
      expect(accessOptions({ PIPIT_KEY: key }).key).toBe(key);
    }
    expect(accessOptions({ PIPIT_KEY: "" }).key).toBeUndefined();
  });
});

function refusal(variables: AccessVariables): PipitError {
  try {
    accessOptions(variables);
  } catch (error) {
    return error as PipitError;
  }
  throw new Error("it was accepted");
}

describe("PIPIT_LOG", () => {
  test.each(["OFF", "false", "0", "no", " off"])("of %j is refused, saying what to write", (PIPIT_LOG) => {
    expect(() => accessLog({ PIPIT_LOG })).toThrow(`got PIPIT_LOG=${PIPIT_LOG}, expected on or off. Set PIPIT_LOG=off`);
  });

  test("is on unless it is 'off'", () => {
    expect(accessLog({ PIPIT_LOG: "off" })).toBeUndefined();
    for (const PIPIT_LOG of [undefined, "", "on"]) expect(accessLog({ PIPIT_LOG })).toBeTypeOf("function");
  });
});
