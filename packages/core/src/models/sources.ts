import { isPipitError, PipitError, throwIfAborted } from "../errors.ts";
import { checkFile } from "./file-check.ts";
import { foldersOf, type ModelName } from "./folders-of.ts";
import type { FileDigest, ModelFile, ModelFiles, ModelVariant, TextModelSpec } from "./text-model.ts";

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** `bytesTotal` is undefined while the source does not know the size. */
  readonly onProgress?: ((bytesDone: number, bytesTotal: number | undefined) => void) | undefined;
  /** The file's size at most. A source that receives more bytes may fail with `bad-model` before it has read all. */
  readonly mostBytes?: number | undefined;
}

/**
 * A place with model files: a folder, the app's own origin, a mirror, the public hub, a store of files fetched before.
 * `read` returns undefined for a missing file and rejects when the source cannot be reached.
 */
export interface ModelSource {
  readonly name: string;
  read(path: string, options: ReadOptions): Promise<Uint8Array | undefined>;
  /** Called when the bytes read from `path` were not the file, so that a store can delete them. */
  refuse?(path: string): Promise<void>;
}

export interface FileProgress {
  /** "tokenizer.json", "onnx/model.onnx". */
  readonly file: string;
  readonly source: string;
  readonly bytesDone: number;
  readonly bytesTotal: number | undefined;
}

export interface OpenFilesOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

/**
 * Reads a variant's files from the first source that has the right ones. A file whose SHA-256 differs is never used; then the
 * next source is asked. Fails with `bad-model` when only wrong bytes were found, `model-unavailable` when none were (the message
 * lists the sources tried), `aborted`.
 */
export async function openModelFiles(
  sources: readonly ModelSource[],
  model: { readonly spec: TextModelSpec; readonly variant: ModelVariant },
  options: OpenFilesOptions = {},
): Promise<ModelFiles> {
  const variant = model.spec.variants[model.variant];
  if (!variant) throw unavailable(`${model.spec.hubName} ${model.variant}`, ["the registry has no such variant"]);
  const tokenizer = await openModelFile(sources, { spec: model.spec, file: model.spec.tokenizer }, options);
  const weights = await openModelFile(sources, { spec: model.spec, file: variant.weights }, options);
  return { tokenizer: tokenizer.bytes, weights: weights.bytes, weightsDigest: weights.digest };
}

/** One of a model's files, as `openModelFiles` finds them, and which of the accepted digests it has. */
export function openModelFile(
  sources: readonly ModelSource[],
  { spec, file }: { readonly spec: ModelName; readonly file: ModelFile },
  options: OpenFilesOptions = {},
): Promise<FoundFile> {
  return findFile({ sources, folders: foldersOf(spec), options }, file);
}

interface FileSearch {
  readonly sources: readonly ModelSource[];
  readonly folders: readonly string[];
  readonly options: OpenFilesOptions;
}

export interface FoundFile {
  readonly bytes: Uint8Array;
  /** Undefined when the spec accepts any bytes. */
  readonly digest: FileDigest | undefined;
}

async function findFile(search: FileSearch, file: ModelFile): Promise<FoundFile> {
  const failures: string[] = [];
  let wrong: PipitError | undefined;
  for (const source of search.sources) {
    const found = await searchSource(search, source, file);
    if ("bytes" in found) return found;
    wrong ??= found.wrong;
    failures.push(`${source.name} (${found.why})`);
  }
  throw wrong ?? unavailable(file.path, failures);
}

interface NotFound {
  readonly why: string;
  readonly wrong?: PipitError;
}

async function searchSource(search: FileSearch, source: ModelSource, file: ModelFile): Promise<FoundFile | NotFound> {
  let missing: NotFound = { why: "not there" };
  for (const folder of search.folders) {
    const path = `${folder}/${file.path}`;
    const bytes = await readFrom(source, path, { file, options: search.options });
    if (isPipitError(bytes, "bad-model")) return { why: "wrong bytes", wrong: bytes };
    if (bytes instanceof Error) return { why: bytes.message };
    if (!bytes) continue;
    const check = await checkFile(bytes, file);
    if (check.right) return { bytes, digest: check.digest };
    await source.refuse?.(path);
    missing = { why: "wrong bytes", wrong: wrongBytes(`${path} from ${source.name}`, check) };
  }
  return missing;
}

async function readFrom(
  source: ModelSource,
  path: string,
  { file, options }: { readonly file: ModelFile; readonly options: OpenFilesOptions },
): Promise<Uint8Array | undefined | Error> {
  const { signal, onProgress } = options;
  const mostBytes = Math.max(...file.accepts.map(({ bytes }) => bytes));
  throwIfAborted(signal);
  try {
    return await source.read(path, {
      signal,
      mostBytes: file.accepts.length > 0 ? mostBytes : undefined,
      onProgress: (bytesDone, bytesTotal = file.accepts[0]?.bytes) =>
        onProgress?.({ file: file.path, source: source.name, bytesDone, bytesTotal }),
    });
  } catch (error) {
    throwIfAborted(signal);
    // A failing source does not end the search: the next one is tried, and the final error lists this failure.
    return error instanceof Error ? error : new Error(String(error));
  }
}

function wrongBytes(what: string, check: { readonly got: string; readonly expected: string }): PipitError {
  return new PipitError("bad-model", {
    got: `${what} with ${check.got}`,
    expected: check.expected,
    do: "Remove that file and fetch it again; it was not used.",
  });
}

function unavailable(what: string, tried: readonly string[]): PipitError {
  return new PipitError("model-unavailable", {
    got: `${what} from no source: ${tried.length > 0 ? tried.join("; ") : "none was given"}`,
    expected: "one source that has it",
    do: "Put the model's folder into a mirror directory, or allow the public hub.",
  });
}
