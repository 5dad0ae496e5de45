import { PipitError } from "../errors.ts";
import type { ModelVariant, VariantSpec } from "./model-files.ts";

interface WithVariants {
  readonly hubName: string;
  readonly variants: { readonly [V in ModelVariant]?: VariantSpec };
}

/** Throws `model-unavailable` for a variant that the model does not have. */
export function variantOf({ hubName, variants }: WithVariants, name: ModelVariant): VariantSpec {
  const variant = variants[name];
  if (variant) return variant;
  throw new PipitError("model-unavailable", {
    got: `variant ${name} of ${hubName}`,
    expected: `one of ${Object.keys(variants).join(", ")}`,
    do: "Ask for a variant that the model has.",
  });
}
