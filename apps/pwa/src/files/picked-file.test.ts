import { expect, test } from "vitest";
import { filesOfDrop, filesOfInput } from "./picked-file.ts";

type Entry = FileSystemEntry & { readonly content?: File };

function file(fullPath: string, error?: unknown): Entry {
  const content = new File(["words"], fullPath.split("/").at(-1) ?? "");
  const give = (done: (file: File) => void, failed: (error: unknown) => void) =>
    error ? failed(error) : done(content);
  return { fullPath, isFile: true, file: give } as unknown as Entry;
}

/** Returns its children in portions of two; a browser returns larger ones. */
function folder(fullPath: string, children: readonly Entry[], error?: DOMException): Entry {
  const createReader = () => {
    let at = 0;
    const readEntries = (done: (portion: readonly Entry[]) => void, failed: (error: DOMException) => void) => {
      if (error) return failed(error);
      done(children.slice(at, at + 2));
      at += 2;
    };
    return { readEntries };
  };
  return { fullPath, isFile: false, createReader } as unknown as Entry;
}

/** A drop whose items are gone after the event. */
function dropOf(...entries: readonly Entry[]): DataTransfer {
  let isOver = false;
  queueMicrotask(() => {
    isOver = true;
  });
  const items = entries.map((entry) => ({
    kind: "file",
    webkitGetAsEntry: () => (isOver ? null : entry),
    getAsFile: () => null,
  }));
  return { items } as unknown as DataTransfer;
}

const pathsOf = (list: readonly { readonly path: string }[]) => list.map(({ path }) => path);

test("all files of a folder are taken, portion by portion, with their paths", async () => {
  const inner = folder("/notes/old", [file("/notes/old/e.txt")]);
  const notes = ["a", "b", "c", "d"].map((name) => file(`/notes/${name}.txt`));
  const { files } = await filesOfDrop(dropOf(folder("/notes", [...notes, inner])));
  expect(pathsOf(files)).toEqual(["notes/a.txt", "notes/b.txt", "notes/c.txt", "notes/d.txt", "notes/old/e.txt"]);
});

test("everything that was dropped is taken, though the items are gone after the event", async () => {
  const { files } = await filesOfDrop(
    dropOf(folder("/one", [file("/one/a.txt")]), file("/two.txt"), file("/three.txt")),
  );
  expect(pathsOf(files)).toEqual(["one/a.txt", "two.txt", "three.txt"]);
});

test("a file and a folder that may not be read are named with the reason, and the rest is taken", async () => {
  const [gone, refused, unsafe] = ["NotFoundError", "NotReadableError", "SecurityError"].map(
    (name) => new DOMException("", name),
  );
  const locked = folder("/notes/locked", [], refused);
  const notes = folder("/notes", [
    file("/notes/gone.txt", gone),
    locked,
    file("/notes/safe.txt", unsafe),
    file("/notes/odd.txt", new DOMException("the drive is ejected", "UnknownError")),
    file("/notes/odder.txt", "no words for it"),
    file("/notes/a.txt"),
  ]);
  const { files, unreadable } = await filesOfDrop(dropOf(notes, file("/b.txt")));
  expect(pathsOf(files)).toEqual(["notes/a.txt", "b.txt"]);
  expect(unreadable).toEqual([
    { path: "notes/gone.txt", why: "it is not there any more" },
    { path: "notes/locked", why: "the browser may not read it" },
    { path: "notes/safe.txt", why: "the browser may not read it" },
    { path: "notes/odd.txt", why: "the browser could not read it: the drive is ejected" },
    { path: "notes/odder.txt", why: "the browser could not read it: no words for it" },
  ]);
});

test("a file that the browser passes without its entry is taken by its name, and text beside it is not a file", async () => {
  const content = new File(["words"], "a.txt");
  const items = [
    { kind: "file", webkitGetAsEntry: () => null, getAsFile: () => content },
    { kind: "string", webkitGetAsEntry: () => null, getAsFile: () => null },
  ];
  expect(await filesOfDrop({ items } as unknown as DataTransfer)).toMatchObject({
    files: [{ path: "a.txt", file: content }],
    unreadable: [],
  });
});

test("a picked file has its path below the picked folder, or else its name; a picker without files gives none", () => {
  const inFolder = Object.defineProperty(new File([""], "a.txt"), "webkitRelativePath", { value: "notes/a.txt" });
  const alone = Object.defineProperty(new File([""], "b.txt"), "webkitRelativePath", { value: "" });
  const picked = (files: readonly File[] | null) => filesOfInput({ files } as unknown as HTMLInputElement).files;
  expect(pathsOf(picked([inFolder, alone]))).toEqual(["notes/a.txt", "b.txt"]);
  expect(picked(null)).toEqual([]);
});
