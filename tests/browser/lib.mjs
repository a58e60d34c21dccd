// What the walk through the pages needs: the daemon, a fake printer, pictures, Chromium, and looks at every page.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { deflateSync, crc32 } from "node:zlib";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const running = [];
export function stopAll() {
  for (const child of running) child.kill("SIGKILL");
}

/** Starts a program, and resolves once what it printed matches. `until` of what it gives waits for more. */
export function start(program, args, wanted, env = {}) {
  const child = spawn(program, args, { cwd: process.env.WALK, env: { ...process.env, ...env }, stdio: "pipe" });
  running.push(child);
  let text = "";
  let ended = null;
  const waits = new Set();
  const news = () => waits.forEach((look) => look());
  const take = (bytes) => { text += bytes; news(); };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  child.on("exit", (code) => { ended = code ?? "a signal"; news(); });
  const until = (wanted) => new Promise((resolve, reject) => {
    const look = () => {
      const found = text.match(wanted);
      if (found) resolve(found);
      else if (ended !== null) reject(new Error(`${program} ended with ${ended}: ${text}`));
      else return waits.add(look);
      waits.delete(look);
      clearTimeout(late);
    };
    const late = setTimeout(() => reject(new Error(`${program} did not say ${wanted}: ${text}`)), 60_000).unref();
    look();
  });
  return until(wanted).then((found) => ({ child, found, until, text: () => text }));
}

export async function freePort() {
  const server = createServer();
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  const { port } = server.address();
  await new Promise((go) => server.close(go));
  return port;
}

/** A PNG of a gradient. */
export function png(width, height) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(sum(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      rows[at] = (255 * x) / width;
      rows[at + 1] = (255 * y) / height;
      rows[at + 2] = 255 - (255 * x) / width;
    }
  }
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

// CRC-32 of PNG (ISO 3309); Node has it from version 20.15 on.
function sum(bytes) {
  if (crc32) return crc32(bytes);
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/** Somebody with a browser of his own, at a house whose certificate is its own. Slow machines are waited for. */
export async function newcomer(browser, baseURL, more = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL, ...more });
  context.setDefaultTimeout(60_000);
  return context;
}

/** Collects whatever a page complains of. */
export function listen(page, faults) {
  page.on("console", (message) => {
    // A status that is an answer (a wrong password) is told on the page; the browser repeats it here.
    const isStatus = /Failed to load resource: the server responded with a status of (401|403|404|409|422)/.test(message.text());
    if (message.type() === "error" && !isStatus) faults.push(`console at ${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`script at ${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["localhost", "127.0.0.1"].includes(url.hostname) && !["data:", "blob:"].includes(url.protocol)) {
      faults.push(`${page.url()} asked another host: ${url}`);
    }
  });
}

/** Looks at a page: axe, its weight, and pictures of it light and dark, narrow and wide. */
export async function look(page, name, folder, faults) {
  mkdirSync(folder, { recursive: true });
  // The policy lets no foreign script in: axe comes by the debugger, not by the page.
  const found = await page.evaluate(`${axeSource}; axe.run(document, { resultTypes: ["violations"] })`);
  for (const one of found.violations.filter((v) => ["serious", "critical"].includes(v.impact))) {
    faults.push(`axe at ${name}: ${one.id} (${one.impact}): ${one.nodes.map((n) => n.target.join(" ")).slice(0, 4).join("; ")}`);
  }
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const cut = await page.evaluate(() => [...document.querySelectorAll("main *")]
        .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).overflowX !== "visible" && !e.matches("pre, select, input, .hidden-label, progress, .table:not(:has(.cards))"))
        .map((e) => `${e.tagName.toLowerCase()}.${e.className}`));
      if (cut.length) faults.push(`at ${width} px ${name} hides a part of ${[...new Set(cut)].join(", ")}`);
      if (wide > 1) faults.push(`${name} is ${wide} px wider than ${width} px`);
    }
    if (scheme === "dark") {
      const dark = await page.evaluate(`axe.run(document, { runOnly: ["color-contrast"] })`);
      for (const one of dark.violations) {
        faults.push(`axe at ${name}, dark: ${one.id}: ${one.nodes.map((n) => n.target.join(" ")).slice(0, 4).join("; ")}`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}

export { join, mkdirSync, rmSync, writeFileSync, readFileSync };
