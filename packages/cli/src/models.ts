import { createHash } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type BatchModel,
  createKernelTextModel,
  createOnnxTextModel,
  LISTING_FILE,
  listingText,
  MINILM,
  MINILM_GOLDEN,
  type ModelFiles,
  type ModelVariant,
  type OnnxVariant,
  openModelFiles,
  proveModel,
} from "@pipit/core";
import { listingOf, makeFolder, modelPlaces, modelSource } from "@pipit/edge/node";
import { loadEncoder } from "@pipit/wasm/node";
import { type Command, usage } from "./command.ts";
import { packMinilm } from "./pack.ts";

interface Request {
  readonly variant: ModelVariant;
  readonly from: readonly string[];
  readonly to: string | undefined;
  /** A file with the weights to pack, instead of the sources' files. */
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
    variant: { value: "NAME", help: `one of ${Object.keys(MINILM.variants).join(", ")} (default q8)` },
    from: { value: "LIST", help: "folders or URLs, separated by commas, tried in order (default PIPIT_MODELS)" },
    to: { value: "FOLDER", help: "target folder of pull and pack" },
    file: { value: "WEIGHTS", help: "weights to pack: model.safetensors or an ONNX file" },
  },
  run({ verb: name = "list", options }, print) {
    const { variant = "q8", from = process.env.PIPIT_MODELS ?? "", to, file } = options;
    if (!isVariant(variant))
      throw usage(`--variant ${variant}`, `one of ${Object.keys(MINILM.variants).join(", ")}`, models);
    const places = modelPlaces(from, options.from === undefined ? "PIPIT_MODELS" : "--from");
    const needsSource = name !== "list" && file === undefined;
    if (needsSource && places.length === 0) throw usage("no --from and no PIPIT_MODELS", "--from LIST", models);
    return VERBS[name]!({ variant, from: places, to, file }, print);
  },
};

function isVariant(name: string): name is ModelVariant {
  return Object.hasOwn(MINILM.variants, name);
}

async function list(_: Request, print: (line: string) => void): Promise<number> {
  for (const [variant, { weights, producer }] of Object.entries(MINILM.variants)) {
    const megabytes = ((weights.accepts[0]?.bytes ?? 0) / 1e6).toFixed(1);
    const { mean, min } = producer.fidelity;
    print(
      `${MINILM.hubName} ${variant}: ${megabytes} MB, cosine to fp32 ${mean} mean, ${min} least, space ${MINILM.space.id}`,
    );
  }
  return 0;
}

async function verify(request: Request, print: (line: string) => void): Promise<number> {
  await openFiles(request, print);
  print(`${MINILM.hubName} ${request.variant}: tokenizer and weights have the SHA-256 they should have`);
  return 0;
}

async function pull(request: Request, print: (line: string) => void): Promise<number> {
  if (!request.to) throw usage("no --to", "--to FOLDER", models);
  const { tokenizer, weights } = await openFiles(request, print);
  const folder = join(request.to, MINILM.hubName);
  await place(join(folder, MINILM.tokenizer.path), tokenizer);
  await place(join(folder, MINILM.variants[request.variant]!.weights.path), weights);
  await placeListing(request.to);
  print(`${MINILM.hubName} ${request.variant} lies in ${folder}`);
  return 0;
}

async function prove(request: Request, print: (line: string) => void): Promise<number> {
  const { variant } = request;
  const files = await openFiles(request, print);
  const model = variant === "packed" ? await openPacked(files) : await openOnnx(files, variant);
  const { proven, why } = await proveModel(model, MINILM_GOLDEN);
  await model.close();
  print(`${MINILM.hubName} ${variant} on this machine's CPU: ${proven ? "proven" : "NOT proven"}, ${why}`);
  return proven ? 0 : 1;
}

async function openPacked({ tokenizer, weights }: ModelFiles): Promise<BatchModel> {
  const encoder = await loadEncoder(weights);
  return createKernelTextModel({ encoder, spec: MINILM, tokenizer });
}

async function openOnnx(files: ModelFiles, variant: OnnxVariant): Promise<BatchModel> {
  const runtime = await import("onnxruntime-node");
  return createOnnxTextModel({ runtime, spec: MINILM, variant, files });
}

/** Writes the packed file where sources look for it, so that the target folder can be named in PIPIT_MODELS. */
async function pack({ from, to, file }: Request, print: (line: string) => void): Promise<number> {
  if (!to) throw usage("no --to", "--to FOLDER", models);
  const sources = from.map(modelSource);
  const onProgress = (done: number, total: number) => print(`packed ${done} of ${total} layers`);
  const { bytes, producer, sha256 } = await packMinilm({ sources, file, onProgress });
  const path = join(to, MINILM.hubName, MINILM.variants.packed!.weights.path);
  await place(path, bytes);
  await placeListing(to);
  const { mean, min } = producer.fidelity;
  print(`${producer.name}: cosine to fp32 ${mean} mean, ${min} least; ${bytes.length} bytes, SHA-256 ${sha256}`);
  print(`lies in ${path}`);
  return 0;
}

function openFiles({ variant, from }: Request, print: (line: string) => void): Promise<ModelFiles> {
  let shown = "";
  const digest = async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  return openModelFiles(
    from.map(modelSource),
    { spec: MINILM, variant },
    {
      digest,
      onProgress: ({ file, source, bytesDone, bytesTotal }) => {
        const line = `${file} from ${source}: ${percent(bytesDone, bytesTotal)}`;
        if (line !== shown) print(line);
        shown = line;
      },
    },
  );
}

// Rounded to tens: a line for each percent would fill the terminal.
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
