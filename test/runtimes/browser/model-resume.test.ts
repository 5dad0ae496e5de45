import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { minilmTwin } from "../../fixtures/minilm-twin.ts";
import { HalfServer } from "./half-server.ts";
import { usePages } from "./open-page.ts";
import type { Choice } from "./pages/drive.ts";
import type {} from "./pages/tab.ts";

const MEGABYTE = 2 ** 20;
const TOTAL = 6 * MEGABYTE;

const twin = await minilmTwin();
const weights = new HalfServer(padded(twin.files.weights, TOTAL));
const pages = usePages({
  routes: {
    "/half/minilm-twin/onnx/model.onnx": weights.answer,
    "/half/minilm-twin/tokenizer.json": (_, response) => void response.end(twin.files.tokenizer),
  },
});

describe("a model's download", () => {
  test.each(["open", "openInsecure"] as const)("that the network cut off asks for the rest alone (%s)", async (how) => {
    weights.reset("ends");
    const page = await pages[how]();
    expect(await improve(page)).toMatchObject({ adopted: false });
    await reload(page);
    expect(await improve(page)).toMatchObject({ adopted: true });
    expectRestAlone();
  });

  test("that its visitor stopped asks for the rest alone, and for nothing at the next visit", async () => {
    weights.reset("waits");
    const page = await pages.open();
    expect(await improveUntil(page, 2 * MEGABYTE)).toBe("aborted");
    expect(await improve(page)).toMatchObject({ adopted: true });
    expectRestAlone();
    await reload(page);
    expect(await improve(page)).toMatchObject({ adopted: true });
    expect(weights.asked).toHaveLength(2);
  });
});

/** Received bytes are stored and not sent again, except those that the browser had not delivered when the download ended. */
function expectRestAlone(): void {
  const [first, second] = weights.asked;
  expect(first).toEqual({ range: undefined, sent: TOTAL / 2 });
  const from = TOTAL - second!.sent;
  expect(second?.range).toBe(`bytes=${from}-`);
  expect(from).toBeGreaterThanOrEqual(MEGABYTE);
  expect(weights.asked).toHaveLength(2);
}

const CHOICE: Choice = { worker: "./twin-worker.ts", models: "/half", name: "resumed" };

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.waitForFunction(() => window.pipit);
}

function improve(page: Page) {
  return page.evaluate(async (choice) => (await window.pipit.open(choice)).improve(), CHOICE);
}

/** Aborts after `bytes` bytes. Returns the error code of the call. */
function improveUntil(page: Page, bytes: number): Promise<string> {
  return page.evaluate(
    async ({ choice, bytes }) => {
      const engine = await window.pipit.open(choice);
      const stop = new AbortController();
      const onProgress = ({ done }: { done: number }) => done >= bytes && stop.abort();
      return engine.improve({ signal: stop.signal, onProgress }).then(
        () => "not stopped",
        ({ code }) => code,
      );
    },
    { choice: CHOICE, bytes },
  );
}

/** The model padded to `bytes` bytes by an unknown field at its end. */
function padded(model: Uint8Array, bytes: number): Uint8Array {
  const head = 2 + 5;
  const size = bytes - model.length - head;
  const whole = new Uint8Array(bytes);
  whole.set(model);
  // Field 1000, whose length is written in five groups of seven bits.
  whole.set([0xc2, 0x3e], model.length);
  for (let group = 0; group < 5; group++) {
    whole[model.length + 2 + group] = (Math.floor(size / 2 ** (7 * group)) & 0x7f) | (group < 4 ? 0x80 : 0);
  }
  return whole;
}
