// Wrappers that exporters and checkpoints put in front; several may stand one in another ("model.bert.").
const WRAPPERS =
  /^(?:(?:0\.auto_model|auto_model|m|model|module|bert|roberta|xlm_roberta|distilbert|electra|mpnet|clip|siglip|transformer)\.)+(?=.)/;

/** The state-dict name without its wrappers. */
export function stateName(name: string): string {
  return name.replace(WRAPPERS, "");
}

/** The module that a node of a PyTorch export belongs to, or undefined: "/m/encoder/layer.0/MatMul" is in "encoder.layer.0". */
export function modulePath(nodeName: string): string | undefined {
  const parts = nodeName.split("/").filter((part) => part !== "");
  return parts.length > 1 ? stateName(parts.slice(0, -1).join(".")) : undefined;
}
