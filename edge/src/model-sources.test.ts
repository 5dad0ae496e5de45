import { expect, test } from "vitest";
import { modelPlaces } from "./model-sources.ts";
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
