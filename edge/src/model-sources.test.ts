import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { modelPlaces, modelSource } from "./model-sources.ts";
import { startNodeServer } from "./node.ts";

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
