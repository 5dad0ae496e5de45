import { badModel } from "./bad-model.ts";

/**
 * A model's weights by the names PyTorch's state dict gives them, without the parts a wrapper puts in front ("bert.",
 * "0.auto_model."). Values are made only when they are read. Weights of linear layers are [out, in] and those of
 * convolutions [out, channels, height, width], whichever file they came from.
 */
export interface WeightSource {
  readonly names: readonly string[];
  /** Shape, or undefined when there is none of that name. */
  dims(name: string): readonly number[] | undefined;
  /** Fresh f32 values, row-major. Throws `bad-model` naming the tensor when it is missing or cannot be read. */
  read(name: string): Float32Array<ArrayBuffer>;
}

/** A tensor as it lies in a file. */
export interface StoredTensor {
  readonly dims: readonly number[];
  /** Fresh f32 values, row-major. Throws `bad-model`. */
  read(): Float32Array<ArrayBuffer>;
}

export function weightSource(tensors: ReadonlyMap<string, StoredTensor>): WeightSource {
  return {
    names: [...tensors.keys()],
    dims: (name) => tensors.get(name)?.dims,
    read(name) {
      const tensor = tensors.get(name);
      if (!tensor) throw badModel(`a model without the weights ${name}`, `${tensors.size} others and these`);
      return tensor.read();
    },
  };
}

/** How many values a tensor of that shape has. Throws `bad-model` when no file could hold them. */
export function sizeOf(dims: readonly number[], name: string): number {
  const isShape = dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (isShape && Number.isSafeInteger(size)) return size;
  throw badModel(`${name} of shape [${dims.slice(0, 8).join(", ")}]`, "a shape whose values can be counted");
}
