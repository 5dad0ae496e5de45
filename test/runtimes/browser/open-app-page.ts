import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Connect } from "vite";
import { usePages } from "./open-page.ts";

const app = fileURLToPath(new URL("../../../apps/pwa", import.meta.url));

/** The name of the script from which the page claims to be loaded. */
export const SCRIPT = "app-entry.js";

/** A page with the app's markup, without running any of its scripts. */
export interface AppPage {
  readonly page: Page;
  /** Imports an unbuilt module of the app, passes it to the function whose source is `work`, and returns that function's result. */
  run<T = void>(module: string, work: string): Promise<T>;
}

export function useAppPages(): { open(): Promise<AppPage> } {
  const routes = { "/app.html": answer("text/html", markup()), [`/${SCRIPT}`]: answer("text/javascript", "") };
  const pages = usePages({ routes });
  return {
    async open() {
      const page = await (await pages.browser.newContext()).newPage();
      page.setDefaultTimeout(10_000);
      page.on("pageerror", (error) => console.log(`page: ${error.stack}`));
      await page.goto(`${pages.server.url}app.html`);
      // Passed as text, because the test compiler would replace an import within a function by the test runner's.
      const run = <T>(module: string, work: string) =>
        page.evaluate<T>(`import(${JSON.stringify(`/@fs${app}/src/${module}`)}).then(${work})`);
      return { page, run };
    },
  };
}

function markup(): string {
  const [, body = ""] = /<body>([\s\S]*)<\/body>/.exec(readFileSync(`${app}/index.html`, "utf8")) ?? [];
  const script = `<script type="module" src="/${SCRIPT}"></script>`;
  return `<!doctype html><link rel="icon" href="data:,">${script}<body>${body.replaceAll(/<img[^>]*>/g, "")}`;
}

function answer(type: string, body: string): Connect.NextHandleFunction {
  return (_request, response: ServerResponse) => {
    response.setHeader("Content-Type", type);
    response.end(body);
  };
}
