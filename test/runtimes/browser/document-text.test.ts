import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { usePages } from "./open-page.ts";

const pages = usePages();
const module = `/@fs${fileURLToPath(new URL("../../../apps/pwa/src/files/document-text.ts", import.meta.url))}`;

/** The text of each HTML file, as the app reads it in a tab. */
async function textsOf(files: readonly string[]): Promise<string[]> {
  const page = await pages.open();
  // A string, because the test compiler would turn an import expression into one of the test runner.
  return page.evaluate<string[]>(`import(${JSON.stringify(module)}).then(({ documentText }) =>
    Promise.all(${JSON.stringify(files)}.map(async (html) => {
      let text = "";
      for await (const chunk of documentText(new Blob([html]), "html")) text += chunk;
      return text;
    })))`);
}

const CASES: readonly (readonly [why: string, html: string, text: string])[] = [
  ["cells are apart", "<table><tr><td>Skylark</td><td>18 cm</td><td>brown</td></tr></table>", "Skylark 18 cm brown"],
  ["rows are lines", "<table><tr><th>A<th>B<tr><td>1<td>2</table>", "A B\n1 2"],
  ["a block begins a line", "<div>The curlew<p>calls over the moor</p></div>", "The curlew\ncalls over the moor"],
  ["lists may be nested", "<ul><li>Waders<ul><li>Godwit</li><li>Knot</li></ul></li></ul>", "Waders\nGodwit\nKnot"],
  [
    "blocks of any name",
    "<figcaption>Heron fishing</figcaption><header>Site name</header><main>Main words</main><nav>Way</nav>",
    "Heron fishing\nSite name\nMain words\nWay",
  ],
  [
    "paragraphs are apart by a blank line",
    "<p>One.<p>Two.</p>\n\n  <p>Three.</p>four",
    "One.\n\nTwo.\n\nThree.\n\nfour",
  ],
  ["a heading begins a paragraph", "<div>Text</div><h2>Head</h2>more<hr>end", "Text\n\nHead\n\nmore\n\nend"],
  ["a table ends a paragraph", "a<table><caption>b</caption><thead><tr><td>c</table>d", "a\nb\nc\n\nd"],
  ["a title that stands late comes first too, and once", "<p>Text</p><title>Name</title>", "Name\n\nText"],
  ["the title comes first", "<title>A &amp; B</title><p>Text</p>", "A & B\n\nText"],
  ["line ends", "one<br>two<br/>\n three<br><br>four", "one\ntwo\nthree\n\nfour"],
  ["white space is one space", "  a \n\t b&nbsp;c<b> d</b><i>e </i> f ", "a b c de f"],
  ["verbatim text within others", "<pre>one\n<b>two\n  three</b><i> </i>four</pre>", "one\ntwo\n  three four"],
  ["verbatim elements", "<listing>a\n b</listing><xmp>c\n <b></xmp>", "a\n b\n\nc\n <b>"],
  ["verbatim text", "<pre>\nfor\n  each\n\n  bird</pre>x", "for\n  each\n\n  bird\n\nx"],
  [
    "nothing that is not shown",
    "<p>a<script>x</script><style>y</style><template>z</template><noscript>n</noscript></p>",
    "a",
  ],
  [
    "the text of a drawing, and not its title",
    "a<svg><title>t</title><desc>d</desc><defs><text>x</text></defs> <g><text>Fig. <tspan>1</tspan></text><text>b</text></g></svg>c",
    "a Fig. 1 b c",
  ],
  [
    "a formula, and not its source",
    "a <math><semantics><mi>x</mi><mo>=</mo><mn>1</mn><annotation>x=1</annotation></semantics></math> b",
    "a x=1 b",
  ],
  ["nothing of a browser without frames or plug-ins", "a<noframes>x</noframes><noembed>y</noembed>b", "ab"],
  ["no dialog that is closed", "<dialog>x</dialog>a<dialog open>b</dialog>c", "a\nb\nc"],
  ["nothing hidden", '<p hidden>x</p><div style="color:red; display: none">y</div><p hidden="until-found">z', "z"],
  ["nothing made invisible", '<p style="visibility:hidden">x</p><p style="--display:none">y', "y"],
  [
    "nothing whose box or visibility is taken by a style",
    '<p style="display:/* x */none">a<p style="visibility:collapse">b<p style="DISPLAY:none!important;display:block">c<p>d',
    "d",
  ],
  [
    "what a style shows again",
    '<p style="display:none;display:inline">a<p style="display:none-x">b<p hidden style="display:block">c',
    "a\n\nb\n\nc",
  ],
  ["what is visible within the invisible", '<p style="visibility:hidden">x<b style="visibility:visible">a</b>y', "a"],
  ["no comments", "a<!-- <p>x</p> -->b<![CDATA[c]]>d", "abd"],
  [
    "blocks by their style",
    '<span style="display:block">Dunnock</span><span style="display:block">Wren</span><b style="display:inline flow-root">a</b><b style="display:FLEX">Knot</b>b',
    "Dunnock\nWren\na\nKnot\nb",
  ],
  [
    "no block by a style within the line",
    '<span style="display:inline-block">a</span>b<b style="display:inline">c</b>',
    "abc",
  ],
  ["cells by their style", '<b style="display:table-cell">a</b><b style="display:table-cell">b</b>', "a b"],
  ["buttons are apart", "<button>Send</button><button>Stop</button>now", "Send Stop now"],
  ["entities", "&eacute;&#x1F426;&lt;b&gt;&shy;", "é🐦<b>\u00ad"],
  ["attributes with brackets", "<p title=\"a>b\" data-x='<i>'>text</p>", "text"],
  ["what is never closed", "<div><p>one<div>two<b>three", "one\n\ntwothree"],
  [
    "XHTML with CDATA and empty elements",
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>a</p><p><![CDATA[b < c]]></p></body></html>',
    "a\n\nb < c",
  ],
  [
    "XHTML without a body",
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title><meta content="x"/></head><p>a</p></html>',
    "T\n\na",
  ],
  [
    "XHTML without a declaration, after comments",
    '<!-- a --><!DOCTYPE html>\n<!-- b --><html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body><p>a</p></body></html>',
    "a",
  ],
  [
    "XHTML without a declaration that is not well-formed is HTML",
    '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>a<br>b</body></html>',
    "a\nb",
  ],
  ["XML that is not well-formed is HTML", '<?xml version="1.0"?><html><body><p>a<br>b</body></html>', "a\nb"],
  [
    "choices and fields",
    "<select><option>one<option>two</select><textarea>own\nwords</textarea>",
    "one\ntwo\nown\nwords",
  ],
];

/** One case per element, in the text "a b c". */
const each = (why: string, names: string, text: string) =>
  names.split(" ").map((name) => [`${why}: ${name}`, `a<${name}>b</${name}>c`, text] as const);

const ELEMENTS = [
  ...each(
    "a block is on lines of its own",
    "address article aside center dd details dir div dt fieldset figcaption footer form header hgroup legend li main menu nav option search section summary",
    "a\nb\nc",
  ),
  ...each("what ends a paragraph", "blockquote dl figure listing ol p pre ul xmp", "a\nb\n\nc"),
  ...each("a heading is apart", "h1 h2 h3 h4 h5 h6", "a\n\nb\n\nc"),
  ...each(
    "what is not shown, or not as text",
    "script style noscript template svg iframe object canvas audio video datalist rp",
    "ac",
  ),
  ...each("what is within a line", "b em span a ruby rt label q math", "abc"),
];

test("the text of a page is what a reader sees of it, block by block", async () => {
  const cases = [...CASES, ...ELEMENTS];
  const texts = await textsOf(cases.map(([, html]) => html));
  for (const [i, [why, , text]] of cases.entries()) expect.soft(texts[i], why).toBe(text);
});
