import { expect, test } from "vitest";
import { serveUntilTold } from "./serve.ts";

const NAMES = {
  port: "--port",
  host: "--host",
  data: "--data",
  models: "--models",
  runtime: "--runtime",
  language: "--language",
};

// The folder cannot be made, so a setting that is not refused fails with another message.
const refused = (environment: object, names = {}) =>
  serveUntilTold({ PORT: "0", PIPIT_DATA: "/dev/null/pipit", ...environment }, names);

test.each([
  [{ PIPIT_LANGUAGE: "German" }, 'got "German", expected PIPIT_LANGUAGE as a BCP 47 tag, such as "en" or "de-AT"'],
  [{ PIPIT_RUNTIME: "gpu" }, 'got the runtime "gpu", expected "kernel" or "native". Leave PIPIT_RUNTIME out'],
  [{ PORT: "70000" }, 'got the port "70000"'],
  [{ HOST: "no host" }, "got HOST=no host"],
  [{ PIPIT_MODELS: "ftp://hub.example" }, "got ftp://hub.example in PIPIT_MODELS"],
  [{ PIPIT_ORIGINS: "*" }, "got * in PIPIT_ORIGINS"],
  [{ PIPIT_LOG: "no" }, "got PIPIT_LOG=no"],
  [{ HOST: "0.0.0.0" }, "got HOST=0.0.0.0, which other machines can reach, and no PIPIT_KEY"],
])("%j is refused before anything is opened", async (environment, message) => {
  await expect(refused(environment)).rejects.toThrow(message);
});

test.each(["kernel", "native", "", undefined])("the runtime may be %j", async (PIPIT_RUNTIME) => {
  await expect(refused({ PIPIT_RUNTIME })).rejects.toThrow("/dev/null/pipit");
});

test("a message has the names that the operator wrote", async () => {
  await expect(refused({ PIPIT_RUNTIME: "gpu" }, { names: NAMES })).rejects.toThrow("Leave --runtime out");
  await expect(refused({ PORT: "x" }, { names: NAMES })).rejects.toThrow("Give --port a port number");
  await expect(refused({ HOST: "0.0.0.0" }, { names: NAMES })).rejects.toThrow("got --host 0.0.0.0");
  await expect(refused({ PIPIT_MODELS: "ftp://a" }, { names: NAMES })).rejects.toThrow("got ftp://a in --models");
});
