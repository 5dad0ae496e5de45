import type { Chart, ChartLine } from "./bench.ts";

const [WIDTH, HEIGHT] = [900, 520];
const PLOT = { left: 90, right: 720, top: 50, bottom: 460 };
const LABEL_HEIGHT = 16;
/** Distinguishable in light and dark, and by readers who see no red or no green. */
const COLORS = [
  ...["#d1495b", "#2a78d6", "#8a63d2", "#1a936f", "#c77800"],
  ...["#7d8597", "#b5179e", "#00838f", "#6a994e", "#e07a9b"],
];
const STYLE = `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:15px;font-weight:600}.grid{stroke:#d0d7de}
.back{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.grid{stroke:#30363d}.back{fill:#0d1117}}`;

interface Scales {
  readonly x: (recall: number) => number;
  readonly y: (rate: number) => number;
  readonly recalls: readonly number[];
  readonly rates: readonly number[];
}

/** Recall to the right, searches per second upwards by powers of ten, one line per rival, with the rival's name at its end. */
export function drawCurves({ title, lines }: Chart): string {
  const drawn = lines.filter(({ points }) => points.length > 0).map(untilAllIsFound);
  const scales = scalesOf(drawn);
  const colored = drawn.map((line, i) => ({ line, color: COLORS[i % COLORS.length]! }));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style><rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${PLOT.left}" y="28">${escaped(title)}</text>`,
    ...grid(scales),
    ...colored.map(({ line, color }) => curve(line, scales, color)),
    ...labels(colored, scales),
    "</svg>\n",
  ];
  return parts.join("\n");
}

/** Above this recall a larger ef only takes longer: the line would drop vertically. */
function untilAllIsFound({ name, points }: ChartLine): ChartLine {
  const found = points.findIndex(({ recall }) => recall >= 0.999);
  return { name, points: found < 0 ? points : points.slice(0, found + 1) };
}

function scalesOf(lines: readonly ChartLine[]): Scales {
  const points = lines.flatMap((line) => line.points);
  const least = Math.min(0.9, Math.max(0.5, Math.min(...points.map(({ recall }) => recall))));
  const from = Math.floor(least * 20) / 20;
  const [low, high] = [Math.min(...points.map(({ rate }) => rate)), Math.max(...points.map(({ rate }) => rate))];
  const rates = ticks(low, high);
  const [bottom, top] = [Math.log(rates[0]!), Math.log(rates.at(-1)!)];
  return {
    x: (recall) => PLOT.left + ((Math.max(recall, from) - from) / (1 - from)) * (PLOT.right - PLOT.left),
    y: (rate) => PLOT.bottom - ((Math.log(rate) - bottom) / (top - bottom)) * (PLOT.bottom - PLOT.top),
    recalls: Array.from({ length: Math.round((1 - from) * 20) + 1 }, (_, i) => from + i / 20),
    rates,
  };
}

/** 1, 2, 5, 10, ... around the values between low and high, at least two of them. */
function ticks(low: number, high: number): number[] {
  const all = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]! * 10 ** (Math.floor(i / 3) - 1));
  const first = Math.max(
    0,
    all.findLastIndex((tick) => tick <= low),
  );
  const last = all.findIndex((tick) => tick >= high);
  return all.slice(first, Math.max(last, first + 1) + 1);
}

function grid({ x, y, recalls, rates }: Scales): string[] {
  const across = rates.map((rate) => {
    const at = y(rate).toFixed(1);
    const label = `<text x="${PLOT.left - 8}" y="${at}" dy="4" text-anchor="end">${rate.toLocaleString("en")}</text>`;
    return `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>${label}`;
  });
  const upward = recalls.map((recall) => {
    const at = x(recall).toFixed(1);
    const label = `<text x="${at}" y="${PLOT.bottom + 20}" text-anchor="middle">${recall.toFixed(2)}</text>`;
    return `<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${PLOT.bottom}"/>${label}`;
  });
  const middle = (PLOT.left + PLOT.right) / 2;
  const names = [
    `<text x="${middle}" y="${PLOT.bottom + 44}" text-anchor="middle">recall@10</text>`,
    `<text transform="translate(16 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">searches a second</text>`,
  ];
  return [...across, ...upward, ...names];
}

function curve({ points }: ChartLine, { x, y }: Scales, color: string): string {
  const places = points.map(({ recall, rate }) => [x(recall).toFixed(1), y(rate).toFixed(1)] as const);
  const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`).join("");
  const path = places.map((place) => place.join(",")).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>${dots}`;
}

/** Beside the plot, each as near to its line's end as the other labels allow. */
function labels(colored: readonly { line: ChartLine; color: string }[], { x, y }: Scales): string[] {
  const ends = colored.map(({ line, color }) => {
    const end = line.points.at(-1)!;
    return { name: line.name, color, x: x(end.recall), y: y(end.rate) };
  });
  ends.sort((a, b) => a.y - b.y);
  const tops = spreadOut(ends.map((end) => end.y));
  return ends.map(({ name, color, x, y }, i) => {
    const top = tops[i]!.toFixed(1);
    const lead = `M${x.toFixed(1)} ${y.toFixed(1)}L${PLOT.right + 14} ${top}`;
    const text = `<text x="${PLOT.right + 20}" y="${top}" dy="4" style="fill:${color}">${escaped(name)}</text>`;
    return `<path d="${lead}" stroke="${color}" stroke-dasharray="2 3" fill="none"/>${text}`;
  });
}

/** Moves rising positions apart so that each has the height of a label, and none leaves the plot at its foot. */
export function spreadOut(places: readonly number[]): number[] {
  const out: number[] = [];
  for (const place of places) out.push(Math.max(place, (out.at(-1) ?? Number.NEGATIVE_INFINITY) + LABEL_HEIGHT));
  let floor = PLOT.bottom;
  for (let i = out.length - 1; i >= 0; i--, floor -= LABEL_HEIGHT) out[i] = Math.min(out[i]!, floor);
  return out;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
