import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startNodeServer } from "../../node.ts";
import { modelPlaces, modelSource, withoutPlaces } from "./model-sources.ts";

test("places are folders and URLs, without the blanks around them", () => {
  const places = ["/data/models", "models@2", "C:\\models", "https://hub.example/models", "http://127.0.0.1:80"];
  expect(modelPlaces(` ${places.join(" ,, ")},`)).toEqual(places);
  for (const none of [undefined, "", " , "]) expect(modelPlaces(none)).toEqual([]);
});

test.each(["ftp://hub.example", "https://", "https://a b", "://models", "https://hub.example/#models"])(
  "%s is no place",
  (place) => {
    expect(() => modelPlaces(`/data,${place}`, "--from")).toThrow(`got ${place} in --from, expected paths of folders`);
  },
);

test.each([
  "https://wren:s3cret@hub.example/models",
  "https://wren:s3c,ret@hub.example/models",
  "https://s3cret@hub.example",
  "https://:s3cret@hub.example",
  "https://hub.example/models?token=s3cret",
  "ftp://wren:s3cret@hub.example",
])("%s is no place, and is not shown", async (list) => {
  expect(() => modelPlaces(list)).toThrow(/^(?!.*(?:s3c|ret@|wren)).*in PIPIT_MODELS.*copy such files into a folder/);
});

test("a server does not start with a place whose password its list of models would show", async () => {
  const modelPlaces = ["https://wren:s3cret@hub.example"];
  const starting = startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: "/dev/null/none", modelPlaces });
  await expect(starting).rejects.toThrow(/in PIPIT_MODELS/);
});

test("a folder has the files below it, and none for other paths", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pipit-places-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "model/onnx"), { recursive: true });
  await writeFile(join(folder, "model/a.json"), "{}");
  await writeFile(join(folder, "beside.json"), "{}");
  await symlink("loop", join(folder, "model/loop"));
  const read = (path: string) => modelSource(join(folder, "model")).read(path, {});
  expect(String(await read("a.json"))).toBe("{}");
  for (const path of ["b.json", "onnx", "a.json/b.json", "../beside.json"]) expect(await read(path)).toBeUndefined();
  await expect(read("loop")).rejects.toMatchObject({ code: "ELOOP" });
});

test("a URL is asked, and fails where nothing answers", async () => {
  await expect(modelSource("http://127.0.0.1:1/models").read("a.json", {})).rejects.toThrow("fetch failed");
});

test("a text that anyone may read names places by their numbers", () => {
  const places = ["/data/models", "http://inner.example:8080/hub", "models", "/data/models/more/"];
  const told = (text: string) => withoutPlaces(text, places);
  expect(told("EACCES: /data/models/a.json")).toBe("EACCES: item 1 of the list of models/a.json");
  expect(told("/data/models/more/a.json")).toBe("item 4 of the list of modelsa.json");
  expect(told("http://inner.example:8080/hub/a.json failed: ENOTFOUND inner.example")).toBe(
    "item 2 of the list of models/a.json failed: ENOTFOUND item 2 of the list of models",
  );
  expect(told(`no models in ${process.cwd()}/models`)).toBe("no models in item 3 of the list of models");
});

test("a server tells anyone why it has no model, but not the places that it tried", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pipit-secret-"));
  const [data, models] = [join(folder, "data"), join(folder, "models")];
  await mkdir(join(models, "all-MiniLM-L6-v2"), { recursive: true });
  // A link to itself: reading it fails otherwise than for a missing file.
  await symlink("tokenizer.json", join(models, "all-MiniLM-L6-v2/tokenizer.json"));
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const modelPlaces = [models, "http://inner.invalid:1/hub"];
  const server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: data, modelPlaces });
  onTestFinished(async () => {
    await server.close();
    log.mockRestore();
    await rm(folder, { recursive: true });
  });
  const ask = async (path: string) => (await fetch(server.url + path)).text();
  await vi.waitFor(async () => expect(await ask("/v1/models")).not.toContain('"loading"'), 10_000);
  const told = (await Promise.all(["/v1/models", "/ready", "/health"].map(ask))).join("\n");
  expect(told).toContain("item 1 of the list of models");
  expect(told).not.toMatch(/pipit-secret|inner\.invalid/);
});
