/** A dropped or picked file, with its path below the dropped or picked folder. */
export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

/** A file that could not be read, with the reason. */
export interface SkippedFile {
  readonly path: string;
  readonly why: string;
}

export interface Picked {
  readonly files: readonly PickedFile[];
  readonly unreadable: readonly SkippedFile[];
}

export function filesOfInput(input: HTMLInputElement): Picked {
  const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return { files, unreadable: [] };
}

/**
 * The files of a drop, with all files of its folders. Unreadable ones are listed and skipped. Call it within the drop event: the
 * entries are invalid afterwards, so that all are read before the first await.
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<Picked> {
  const taken = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const walk = new Walk();
  for (const { entry, file } of taken) {
    if (entry) await walk.into(entry);
    else if (file) walk.files.push({ path: file.name, file });
  }
  return walk;
}

class Walk implements Picked {
  readonly files: PickedFile[] = [];
  readonly unreadable: SkippedFile[] = [];

  async into(entry: FileSystemEntry): Promise<void> {
    const path = entry.fullPath.replace(/^\//, "");
    try {
      if (isFile(entry)) this.files.push({ path, file: await fileOf(entry) });
      else for await (const child of childrenOf(entry as FileSystemDirectoryEntry)) await this.into(child);
    } catch (error) {
      this.unreadable.push({ path, why: whyRefused(error) });
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

// A reader returns a folder in portions (100 in Chromium); an empty one is the last.
async function* childrenOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return;
    yield* portion;
  }
}

function whyRefused(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === "NotFoundError") return "it is not there any more";
  if (name === "NotReadableError" || name === "SecurityError") return "the browser may not read it";
  return `the browser could not read it: ${message}`;
}
