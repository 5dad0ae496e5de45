import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type FileProgress,
  kernelProvider,
  LISTING_FILE,
  listingText,
  MINILM_MODEL,
  type ModelFiles,
  type ModelProvider,
  type ModelVariant,
  onnxProvider,
  openModelFiles,
  provenModels,
} from "@pipit/core";
import { listingOf, makeFolder, modelPlaces, modelSource } from "@pipit/edge/node";
import { loadEncoder } from "@pipit/wasm/node";
import { type Command, usage } from "./command.ts";
import { packWeights } from "./pack.ts";

const { spec, golden } = MINILM_MODEL;

interface Request {
  readonly variant: ModelVariant;
  readonly from: readonly string[];
  readonly to: string | undefined;
  /** A file with the weights to pack, in place of the sources' files. */
  readonly file: string | undefined;
}

type Verb = (request: Request, print: (line: string) => void) => Promise<number>;

const VERBS: Readonly<Record<string, Verb>> = { list, verify, pull, prove, pack };

/** The sources are those of `--from`, or else of PIPIT_MODELS. */
export const models: Command = {
  name: "models",
  summary: "list, check, fetch and pack model files",
  verbs: {
    list: "lists the models with size and fidelity (the default)",
    verify: "reads a model's files from the sources and checks their SHA-256",
    pull: "copies a model's checked files to --to FOLDER, and writes the folder's files.json",
    prove: "compares the model's vectors on this machine with its golden vectors",
    pack: "converts the model's weights to the encoder kernel's file, in --to FOLDER",
  },
  options: {
    variant: { value: "NAME", help: `one of ${Object.keys(spec.variants).join(", ")} (default q8)` },
    from: { value: "LIST", help: "folders or URLs, separated by commas, tried in order (default PIPIT_MODELS)" },
    to: { value: "FOLDER", help: "target folder of pull and pack" },
    file: { value: "WEIGHTS", help: "weights to pack: model.safetensors or an ONNX file" },
  },
  run({ verb: name = "list", options }, print) {
    const { variant = "q8", from = process.env.PIPIT_MODELS ?? "", to, file } = options;
    if (!isVariant(variant))
      throw usage(`--variant ${variant}`, `one of ${Object.keys(spec.variants).join(", ")}`, models);
    const places = modelPlaces(from, options.from === undefined ? "PIPIT_MODELS" : "--from");
    const needsSource = name !== "list" && file === undefined;
    if (needsSource && places.length === 0) throw usage("no --from and no PIPIT_MODELS", "--from LIST", models);
    return VERBS[name]!({ variant, from: places, to, file }, print);
  },
};

function isVariant(name: string): name is ModelVariant {
  return Object.hasOwn(spec.variants, name);
}

async function list(_: Request, print: (line: string) => void): Promise<number> {
  for (const [variant, { weights, producer }] of Object.entries(spec.variants)) {
    const megabytes = ((weights.accepts[0]?.bytes ?? 0) / 1e6).toFixed(1);
    const { mean, min } = producer.fidelity;
    print(
      `${spec.hubName} ${variant}: ${megabytes} MB, cosine to fp32 ${mean} mean, ${min} least, space ${spec.space.id}`,
    );
  }
  return 0;
}

async function verify(request: Request, print: (line: string) => void): Promise<number> {
  await openFiles(request, print);
  print(`${spec.hubName} ${request.variant}: tokenizer and weights have the SHA-256 they should have`);
  return 0;
}

async function pull(request: Request, print: (line: string) => void): Promise<number> {
  if (!request.to) throw usage("no --to", "--to FOLDER", models);
  const { tokenizer, weights } = await openFiles(request, print);
  const folder = join(request.to, spec.hubName);
  await place(join(folder, spec.tokenizer.path), tokenizer);
  await place(join(folder, spec.variants[request.variant]!.weights.path), weights);
  await placeListing(request.to);
  print(`${spec.hubName} ${request.variant} lies in ${folder}`);
  return 0;
}

async function prove(request: Request, print: (line: string) => void): Promise<number> {
  const { proven, skipped } = await provenModels([providerOf(request)], golden, { onFile: downloadLines(print) });
  const failure = skipped[0]?.error;
  if (failure && failure.code !== "numbers-not-proven") throw failure;
  for (const { model } of proven) await model.close();
  const why = proven[0]?.proof ?? skipped[0]?.why;
  print(`${spec.hubName} ${request.variant} on this machine's CPU: ${failure ? "NOT proven" : "proven"}, ${why}`);
  return failure ? 1 : 0;
}

function providerOf({ variant, from }: Request): ModelProvider {
  const sources = from.map(modelSource);
  if (variant === "packed") return kernelProvider({ spec, sources, open: loadEncoder });
  const runtime = () => import("onnxruntime-node");
  return onnxProvider({ name: "native", backend: "cpu", spec, variant, sources, runtime });
}

/** Writes the packed file to the path that sources read, so that the target folder can be named in PIPIT_MODELS. */
async function pack({ from, to, file }: Request, print: (line: string) => void): Promise<number> {
  if (!to) throw usage("no --to", "--to FOLDER", models);
  const sources = from.map(modelSource);
  const onProgress = (done: number, total: number) => print(`packed ${done} of ${total} layers`);
  const { bytes, producer, sha256 } = await packWeights({ sources, file, onProgress });
  const path = join(to, spec.hubName, spec.variants.packed!.weights.path);
  await place(path, bytes);
  await placeListing(to);
  const { mean, min } = producer.fidelity;
  print(`${producer.name}: cosine to fp32 ${mean} mean, ${min} least; ${bytes.length} bytes, SHA-256 ${sha256}`);
  print(`lies in ${path}`);
  return 0;
}

function openFiles({ variant, from }: Request, print: (line: string) => void): Promise<ModelFiles> {
  const report = downloadLines(print);
  return openModelFiles(from.map(modelSource), { spec, variant }, { onProgress: report });
}

/** Prints a line per tenth of each file. */
function downloadLines(print: (line: string) => void): (progress: FileProgress) => void {
  let shown = "";
  return ({ file, source, bytesDone, bytesTotal }) => {
    const line = `${file} from ${source}: ${percent(bytesDone, bytesTotal)}`;
    if (line !== shown) print(line);
    shown = line;
  };
}

// Rounded to tens: a line per percent would fill the terminal.
function percent(done: number, total: number | undefined): string {
  return total ? `${Math.floor((10 * done) / total) * 10} %` : `${Math.floor(done / 1e7) * 10} MB`;
}

/** Writes a listing for plain file hosts, so that pages request only files that exist. */
async function placeListing(folder: string): Promise<void> {
  await place(join(folder, LISTING_FILE), new TextEncoder().encode(listingText(await listingOf([folder]))));
}

// Written under another name first, so that a pull that is cut off leaves no incomplete file.
async function place(path: string, bytes: Uint8Array): Promise<void> {
  await makeFolder(dirname(path), "Name another with --to.");
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}
