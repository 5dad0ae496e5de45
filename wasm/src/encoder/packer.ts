import type { Packer } from "@pipit/core";
import type { EncoderRecipe } from "./pack/pack-model.ts";

export interface PackerParts {
  recipe(): Promise<EncoderRecipe>;
  /** Any build of the encoder's module. */
  module(): Promise<WebAssembly.Module>;
}

const VERSION = 1;

/** Packs a model by its recipe. The packer's code is loaded when something is packed. */
export function packerOf({ recipe, module }: PackerParts): Packer {
  return {
    version: VERSION,
    async pack(weights, about, options) {
      const { packModel } = await import("./pack/pack-model.ts");
      return packModel(weights, { recipe: await recipe(), about, ...options }, await module());
    },
  };
}
