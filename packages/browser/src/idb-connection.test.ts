import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect, type Migration } from "./idb-connection.ts";

let names = 0;
let name: string;

beforeEach(() => {
  name = `connection-${++names}`;
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const steps = (count: number) =>
  Array.from(
    { length: count },
    (_, i): Migration<never> =>
      (database) => {
        (database as unknown as IDBDatabase).createObjectStore(`store ${i}`);
      },
  );

/** A connection at version 1 that does not close when another wants to upgrade. */
function stubbornHolder(): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
}

const usable = (connection: { use(): unknown }) => {
  try {
    connection.use();
    return "usable";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test("each step of the schema is made once, the new ones alone at an upgrade", async () => {
  await connect(name, steps(1));
  const database = (await connect(name, steps(3))).use();
  expect([database.version, [...database.objectStoreNames]]).toEqual([3, ["store 0", "store 1", "store 2"]]);
});

test("a connection gives way at once to a newer version, and says so from then on", async () => {
  const old = await connect(name, steps(1));
  const newer = await connect(name, steps(2));
  old.close();
  expect([usable(old), usable(newer)]).toEqual(["storage-outdated", "usable"]);
  await expect(connect(name, steps(1))).rejects.toMatchObject({ code: "storage-outdated" });
});

test("an upgrade waits three seconds for an older tab, and no longer; after that tab has closed it blocks nothing", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const holder = await stubbornHolder();
  const refused = connect(name, steps(2)).catch((error) => error.code);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1), { timeout: 5_000 });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await refused).toBe("storage-blocked");
  const closed = vi.spyOn(IDBDatabase.prototype, "close");
  holder.close();
  vi.useRealTimers();
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(2));
});

test("an older tab that closes in time is no failure", async () => {
  const holder = await stubbornHolder();
  const opening = connect(name, steps(2));
  await new Promise((resolve) => setTimeout(resolve, 20));
  holder.close();
  expect(usable(await opening)).toBe("usable");
});

test("a connection that the browser ended is storage-failed, and stays so", async () => {
  const listened = vi.spyOn(IDBDatabase.prototype, "addEventListener");
  const connection = await connect(name, steps(1));
  // The in-memory database never closes by itself.
  const ended = listened.mock.calls.find(([type]) => type === "close")?.[1] as () => void;
  ended();
  connection.close();
  expect(usable(connection)).toBe("storage-failed");
});

test("a closed connection says so, and holds no database", async () => {
  const closed = vi.spyOn(IDBDatabase.prototype, "close");
  const connection = await connect(name, steps(1));
  connection.close();
  expect([usable(connection), closed.mock.calls.length]).toEqual(["closed", 1]);
});

test("a page that may have no database gets storage-failed, also if the platform throws at once", async () => {
  vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  await expect(connect(name, steps(1))).rejects.toMatchObject({ code: "storage-failed" });
});
