import type { PictureClassifierSpec } from "./classifier-model.ts";

/**
 * Names 964 species of birds in photos: MobileNet V2, trained by Google on photos of iNaturalist, Apache-2.0. Its labels are "Scientific name
 * (Common name)". In 73 of 103 photos without a bird it finds none; in the others it names one, most often with less than .3.
 */
export const INAT_BIRDS: PictureClassifierSpec = {
  hubName: "inat-bird",
  // Values are (pixel - 127) / 127.5.
  preprocessing: {
    size: 224,
    fit: "crop",
    mean: [127 / 255, 127 / 255, 127 / 255],
    deviation: [0.5, 0.5, 0.5],
    layout: "interleaved",
  },
  output: "scores",
  labels: { path: "inat_bird_labels.txt", accepts: [] },
  nothing: "background",
  variants: {
    q8: {
      weights: { path: "mobilenet_v2_inat_bird965_u8w.onnx", accepts: [] },
      producer: { name: "inat-birds", fidelity: { mean: 1, min: 0.99 } },
      sharing: "alone",
    },
  },
};
