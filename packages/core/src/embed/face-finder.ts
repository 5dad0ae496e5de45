import { throwIfAborted } from "../errors.ts";
import { fittedWithin } from "../models/yunet.ts";
import type { Picture } from "../ports/picture.ts";
import { type Face, facesIn, withoutOverlaps } from "./face-boxes.ts";
import type { OnnxRuntime, OnnxSessionOptions } from "./onnx-runtime.ts";
import { floatsOf, openSession, runSession, type Tensors } from "./onnx-session.ts";

export interface FaceFinderOptions {
  readonly runtime: OnnxRuntime;
  /** YuNet's ONNX file, of 640 x 640 pixels. */
  readonly weights: Uint8Array;
  readonly session?: OnnxSessionOptions;
}

export interface FindFacesOptions {
  /** Faces below this score are left out. Default .7. */
  readonly minScore?: number;
  readonly signal?: AbortSignal;
}

export interface FaceFinder {
  /** Best first. Fails with `aborted`. */
  find(picture: Picture, options?: FindFacesOptions): Promise<Face[]>;
  close(): Promise<void>;
}

const SIDE = 640;
const STRIDES = [8, 16, 32] as const;
const LEAST_SCORE = 0.7;
const MOST_OVERLAP = 0.3;

/** Finds faces by YuNet. Fails with `bad-model` for other files. */
export async function createFaceFinder({ runtime, weights, session }: FaceFinderOptions): Promise<FaceFinder> {
  const opened = await openSession({ runtime, weights, name: "YuNet", session });
  return {
    async find(picture, { minScore = LEAST_SCORE, signal } = {}) {
      throwIfAborted(signal);
      const { input, scale } = fittedWithin(picture, SIDE);
      const tensor = new runtime.Tensor("float32", input, [1, 3, SIDE, SIDE]);
      let faces: Face[] = [];
      await runSession(opened, { [opened.inputNames[0]!]: tensor }, (outputs) => {
        faces = STRIDES.flatMap((stride) => facesIn(gridOf(outputs, stride), minScore));
      });
      throwIfAborted(signal);
      return withoutOverlaps(faces, MOST_OVERLAP).map((face) => enlarged(face, 1 / scale));
    },
    close: () => opened.release(),
  };
}

function gridOf(outputs: Tensors, stride: number) {
  const columns = SIDE / stride;
  const read = (name: string, values: number) => floatsOf(outputs, `${name}_${stride}`, [1, columns ** 2, values]);
  return {
    ...{ stride, columns },
    classes: read("cls", 1),
    objects: read("obj", 1),
    boxes: read("bbox", 4),
    points: read("kps", 10),
  };
}

function enlarged({ x, y, width, height, score, landmarks }: Face, by: number): Face {
  return {
    ...{ x: x * by, y: y * by, width: width * by, height: height * by, score },
    landmarks: landmarks.map((point) => ({ x: point.x * by, y: point.y * by })),
  };
}
