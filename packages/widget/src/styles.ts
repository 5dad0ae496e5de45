/**
 * Only logical properties are used, so that right-to-left needs no second sheet. Colours follow `color-scheme`, which is the reader's
 * preference unless the page sets it on the element. The trigger inherits the page's colour.
 */
const CSS = `
:host {
  color-scheme: light dark;
  display: inline-block;
  font-family: var(--pipit-font, inherit);
  line-height: 1.5;
  text-align: start;
  --_accent: var(--pipit-accent, light-dark(#2d6a4b, #8fd0a9));
  --_surface: var(--pipit-surface, light-dark(#fefdfb, #1b1e1b));
  --_text: var(--pipit-text, light-dark(#21241f, #ecece5));
  --_muted: var(--pipit-muted, light-dark(#5d6259, #a9ada2));
  --_line: var(--pipit-line, light-dark(#e6e4dd, #31352f));
  --_radius: var(--pipit-radius, 14px);
}
:host([inline]) { display: block; }
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
button, input { font: inherit; color: inherit; }
svg {
  inline-size: 1.25em; block-size: 1.25em; flex: none;
  fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round;
}
kbd {
  font: 500 .75em/1 ui-sans-serif, system-ui, sans-serif;
  padding: .3em .45em; border: 1px solid color-mix(in srgb, currentColor 28%, transparent); border-radius: .45em;
  white-space: nowrap; direction: ltr; unicode-bidi: isolate;
}
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }

[part=trigger] {
  display: inline-flex; align-items: center; gap: .6em;
  min-inline-size: var(--pipit-trigger-width, 15em); max-inline-size: 100%; min-block-size: 2.75em;
  padding-block: .4em; padding-inline: .8em .6em;
  color: inherit; background: transparent; cursor: pointer; text-align: start;
  border: 1px solid color-mix(in srgb, currentColor 26%, transparent);
  border-radius: min(var(--_radius), 10px);
  transition: border-color .15s, background-color .15s;
}
[part=trigger]:hover {
  border-color: color-mix(in srgb, currentColor 50%, transparent);
  background: color-mix(in srgb, currentColor 4%, transparent);
}
.trigger-label { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

dialog {
  position: fixed; inset: 0; margin: 12vh auto auto; padding: 0; border: 0; overflow: visible;
  inline-size: min(40rem, 100vw - 2rem); max-inline-size: none; max-block-size: none;
  background: none; color: var(--_text); font-size: 1rem; font-weight: 400;
}
dialog::backdrop { background: light-dark(rgb(32 36 30 / .32), rgb(0 0 0 / .5)); backdrop-filter: blur(3px); }
.panel {
  display: flex; flex-direction: column; overflow: hidden;
  max-block-size: min(34rem, 76vh);
  color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_line); border-radius: var(--_radius);
}
dialog .panel { box-shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 20px rgb(0 0 0 / .08), 0 28px 64px rgb(0 0 0 / .18); }
.head {
  position: relative; display: flex; align-items: center; gap: .75rem; flex: none;
  padding-inline: 1.125rem .625rem; border-block-end: 1px solid var(--_line); color: var(--_muted);
}
[part=input] {
  flex: 1; min-inline-size: 0; padding-block: .95rem; border: 0; background: none; outline: none;
  font-size: 1.125rem; line-height: 1.5; color: var(--_text); caret-color: var(--_accent);
}
[part=input]::placeholder { color: var(--_muted); opacity: 1; }
:host([inline]) .panel:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
.head::after {
  content: ""; position: absolute; inset-inline: 0; inset-block-end: -1px; block-size: 2px; opacity: 0;
  background: linear-gradient(90deg, transparent, var(--_accent), transparent) 0 / 40% 100% no-repeat;
}
.busy .head::after { opacity: 1; transition: opacity .15s .25s; animation: glide 1.2s ease-in-out infinite alternate; }
@keyframes glide { to { background-position: 100% 0; } }
.closer {
  display: grid; place-items: center; inline-size: 2.5rem; block-size: 2.5rem; padding: 0;
  border: 0; border-radius: .6rem; background: none; color: var(--_muted); cursor: pointer;
}
.closer:hover { background: color-mix(in srgb, var(--_text) 7%, transparent); color: var(--_text); }
.closer:focus-visible { outline-offset: -2px; }

.facets { display: flex; flex-wrap: wrap; gap: .4rem; flex: none; padding: .55rem 1.125rem; border-block-end: 1px solid var(--_line); }
.facets:not(:has(select:not([hidden]))) { display: none; }
[part=facet] {
  max-inline-size: 14rem; min-block-size: 2rem; padding-block: .2rem; padding-inline: .5rem; text-overflow: ellipsis; cursor: pointer;
  font: inherit; font-size: .875rem; color: var(--_text); background: var(--_surface); border: 1px solid var(--_line); border-radius: .5rem;
}

.body { display: flex; flex-direction: column; flex: 1 1 auto; min-block-size: 0; }
[part=list] { overflow-y: auto; overscroll-behavior: contain; padding: .5rem; scroll-padding-block: .5rem; }
.hit {
  position: relative; display: grid; grid-template-columns: 1fr auto; column-gap: 1rem; padding: .7rem .75rem .75rem; border-radius: calc(var(--_radius) - 5px);
  color: inherit; text-decoration: none; cursor: pointer; -webkit-user-drag: none;
}
.hit + .hit { margin-block-start: 1px; }
.hit[aria-selected=true] { background: color-mix(in srgb, var(--_accent) 11%, var(--_surface)); }
/* Hits and words may have another direction than the page: their letters follow their own direction, their alignment the page's. */
.hit-title, .hit-passage { text-align: -webkit-match-parent; text-align: match-parent; }
.status, .note p, .keys span { unicode-bidi: plaintext; }
.by-words { grid-area: 1 / 2; align-self: center; color: var(--_muted); font-size: .8em; white-space: nowrap; }
.hit-title { grid-area: 1 / 1; min-inline-size: 0; font-weight: 600; line-height: 1.4; letter-spacing: -.005em; overflow-wrap: anywhere; }
.hit-passage {
  grid-area: 2 / 1 / auto / span 2;
  margin-block-start: .2rem; font-size: .9rem; line-height: 1.5; color: var(--_muted); overflow-wrap: anywhere;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; text-wrap: pretty;
}
.hit[aria-selected=true] .hit-passage { color: color-mix(in srgb, var(--_muted) 60%, var(--_text)); }
mark {
  color: var(--_text); background: none;
  text-decoration: underline 1.5px color-mix(in srgb, var(--_accent) 55%, transparent); text-underline-offset: .22em;
}
.note { padding: 2.25rem 1.5rem 2.5rem; text-align: center; color: var(--_muted); text-wrap: balance; }
.note p { margin: 0; overflow-wrap: anywhere; }
.note-advice { margin-block-start: .35rem !important; font-size: .9rem; }
.note-line:not(:only-child) { color: var(--_text); font-weight: 600; }
/* Hits that are no good match stand below a line that says so, and in a quieter voice. */
.weak .note { flex: none; padding: 1rem 1.5rem; border-block-end: 1px dashed var(--_line); }
.weak .hit-title { color: var(--_muted); font-weight: 400; }
.foot {
  display: flex; align-items: center; justify-content: space-between; gap: 1rem; flex: none;
  min-block-size: 2.6rem; padding: .4rem 1.125rem; border-block-start: 1px solid var(--_line);
  font-size: .8125rem; color: var(--_muted); font-variant-numeric: tabular-nums;
}
/* The live region speaks the text of the note; on the screen it is shown only once. */
.panel:not(.busy) .body:has(> .note:not([hidden])) + .foot .status { opacity: 0; max-block-size: 1.5em; overflow: hidden; }
.keys { display: flex; align-items: center; gap: .4em; white-space: nowrap; }
:host([inline]) .closing { display: none; }
.keys span:not(:last-child) { margin-inline-end: .7em; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (pointer: coarse) { .keys, [part=trigger] kbd { display: none; } }
@media (max-width: 30rem) {
  dialog { margin: 0; inline-size: 100%; block-size: 100dvh; }
  dialog .panel { block-size: 100%; max-block-size: none; border: 0; border-radius: 0; }
  .head { padding-inline: 1rem .5rem; }
  .keys { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  dialog .panel { transition: opacity .16s ease-out, translate .16s ease-out; }
  @starting-style { dialog[open] .panel { opacity: 0; translate: 0 -6px; } }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { transition: none !important; animation: none !important; }
  .busy .head::after { background-size: 100% 100%; }
}
@media (prefers-reduced-transparency: reduce) { dialog::backdrop { backdrop-filter: none; } }
@media (forced-colors: active) {
  .hit[aria-selected=true] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  .hit[aria-selected=true] :is(.hit-passage, mark) { color: inherit; background: none; }
  mark { background: Mark; color: MarkText; }
  :host([inline]) .panel:focus-within { outline: 2px solid Highlight; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements of the page. It is constructed, not inserted into the tree, so that a strict style-src allows it. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
