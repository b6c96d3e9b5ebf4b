// page.jsx in a headless Chromium: node browser.mjs URL PORT QUESTION FOLLOW_UP [KEY]; prints what was shown as JSON.
import { createServer } from "node:http";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const [url, port, question, followUp, key] = process.argv.slice(2);
const made = await build({
  entryPoints: [new URL("page.jsx", import.meta.url).pathname],
  bundle: true, write: false, format: "esm", jsx: "automatic", platform: "browser",
  nodePaths: [`${process.cwd()}/node_modules`],
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = made.outputFiles[0].text;
const html = '<!doctype html><title>useStream</title><div id="root"></div><script type="module" src="/page.js"></script>';
const server = createServer((request, response) => {
  const isScript = request.url === "/page.js";
  response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
  response.end(isScript ? script : html);
});
await new Promise((ready) => server.listen(Number(port), "127.0.0.1", ready));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const found = { errors: [], requests: {} };
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => found.errors.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) return;
    const path = new URL(request.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}");
    const name = `${request.method()} ${path}`;
    found.requests[name] = (found.requests[name] ?? 0) + 1;
  });
  const given = new URLSearchParams({ url, ...(key ? { key } : {}) });
  const ask = async (text) => {
    const before = await page.locator("p.ai").count();
    await page.fill("input", text);
    await page.press("input", "Enter");
    await page.waitForFunction(
      (count) => document.querySelectorAll("p.ai").length > count &&
        document.querySelector("footer").dataset.loading === "false",
      before, { timeout: 60_000 },
    );
  };
  const shown = async () => ({
    asked: await page.locator("p.human").allTextContents(),
    answers: await page.locator("p.ai").allTextContents(),
    cited: await page.locator("blockquote").allTextContents(),
    error: await page.locator("footer").textContent(),
  });
  await page.goto(`http://127.0.0.1:${port}/#${given}`);
  await ask(question);
  found.first = await shown();
  await ask(followUp);
  found.second = await shown();
  // Opened anew: the conversation is read from the server.
  given.set("thread", await page.locator("footer").getAttribute("data-thread"));
  const again = await browser.newPage();
  await again.goto(`http://127.0.0.1:${port}/#${given}`);
  await again.waitForFunction(() => document.querySelectorAll("p.ai").length === 2, null, { timeout: 30_000 });
  found.again = await again.locator("p").allTextContents();
} finally {
  await browser.close();
  server.close();
}
console.log(JSON.stringify(found, null, 1));
