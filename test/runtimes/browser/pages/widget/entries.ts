import type { Entry } from "@pipit/core";

/** A small field guide, with one entry that would do harm if it were parsed as markup. */
export const entries: readonly Entry[] = [
  {
    id: "pipit",
    text: "A small brown bird of open meadow and moor. It sings while it sinks to the ground on stiff wings, and feeds on insects it picks from the grass.",
    fields: { title: "Meadow pipit", url: "page.html?bird=meadow-pipit" },
  },
  {
    id: "lark",
    text: "A brown bird of open fields that climbs high above the meadow and sings without a pause for many minutes.",
    fields: { title: "Skylark", url: "page.html?bird=skylark" },
  },
  {
    id: "owl",
    text: "A pale owl that hunts voles at dusk, low and silent over rough grass, and nests in barns and hollow trees.",
    fields: { title: "Barn owl", url: "page.html?bird=barn-owl" },
  },
  {
    id: "king",
    text: "A blue and orange bird that dives from a branch for small fish in clear, slow rivers.",
    fields: { title: "Kingfisher", url: "page.html?bird=kingfisher" },
  },
  {
    id: "robin",
    text: "A small bird with an orange breast that sings through the winter and follows gardeners for the insects they turn up.",
    fields: { title: "Robin", url: "page.html?bird=robin" },
  },
  {
    id: "markup",
    text: "<img src=x onerror='window.harmed = true'> markup <b>stays</b> text",
    fields: { title: "<script>window.harmed = true</script> markup", url: "javascript:window.harmed=true" },
  },
];
