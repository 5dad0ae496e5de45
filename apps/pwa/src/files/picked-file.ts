/** A file as the visitor gave it, with the path it had below what was dropped or picked. */
export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

export function filesOfInput(input: HTMLInputElement): PickedFile[] {
  return [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * Files of a drop, folders walked to their ends. Call it within the drop event: the entries are gone afterwards, so they
 * are all taken before the first await.
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const taken = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const lists = await Promise.all(taken.map(({ entry, file }) => (entry ? walk(entry) : lone(file))));
  return lists.flat();
}

function lone(file: File | null): PickedFile[] {
  return file ? [{ path: file.name, file }] : [];
}

async function walk(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (isFile(entry)) return [{ path: entry.fullPath.replace(/^\//, ""), file: await fileOf(entry) }];
  const lists: PickedFile[][] = [];
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) lists.push(await walk(child));
  return lists.flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

// A reader hands out a folder in portions (100 in Chromium) and ends with an empty one.
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return children;
    children.push(...portion);
  }
}
