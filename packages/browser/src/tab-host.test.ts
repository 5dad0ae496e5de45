import { releaseProxy } from "comlink";
import { expect, test } from "vitest";
import { freshName, parts } from "../../../test/fixtures/twins.ts";
import { TabHost } from "./tab-host.ts";

type Callbacks = Parameters<TabHost["open"]>[1] & Parameters<TabHost["improve"]>[1];

const callbacks = { changed: () => undefined, progress: () => undefined, [releaseProxy]: () => undefined };

test("a call that has ended is forgotten: aborting it reaches nothing", async () => {
  let given: AbortSignal | undefined;
  parts.better = async (_request, { signal }) => {
    given = signal;
    return { none: "this host has one model" };
  };
  const host = new TabHost(parts);
  const { handle } = await host.open({ name: freshName(), starterUrl: "" }, callbacks as unknown as Callbacks);
  await host.improve({ handle, call: 7 }, callbacks as unknown as Callbacks);
  host.abort(7);
  expect(given?.aborted).toBe(false);
  await host.end();
});
