// The front panel, shown and pressed from afar: a daemon with a panel whose parts are not there.
import { join, listen, look, mkdirSync, newcomer, readFileSync, start, writeFileSync } from "./lib.mjs";

const owner = { name: "olga", password: "a quiet darkroom" };

/** The page of a house that has none. */
export async function noPanel({ page, shots, faults, step }) {
  await page.goto("/panel");
  await page.locator("text=hardware/").first().waitFor();
  await look(page, "panel-none", shots, faults);
  step("a house without a front panel says how one is built");
}

export async function panel({ browser, platen, out, shots, faults, step }) {
  const folder = join(out, "panel");
  mkdirSync(folder, { recursive: true });
  // No chip, no line, no bus: each part is missing, and the rest works.
  const map = readFileSync(join(import.meta.dirname, "../../hardware/panel.toml"), "utf8").replace("pinctrl-bcm2711", "no-such-chip");
  writeFileSync(join(folder, "panel.toml"), map);
  writeFileSync(
    join(folder, "platen.toml"),
    `data = "${join(folder, "data")}"\n[ipp]\nlisten = ["127.0.0.1:0"]\nannounce = false\n[web]\nlisten = ["127.0.0.1:0"]\n` +
      `[[printer]]\nname = "Gertie"\nuri = "virtual:"\n[[printer]]\nname = "Squirty"\nuri = "virtual:"\n[panel]\npins = "panel.toml"\n`,
  );
  const server = await start(platen, ["serve", "--config", join(folder, "platen.toml")], /setup code (\S+), on the web page[\s\S]*stop /);
  const base = server.text().match(/web page\s+(https:\S+?)\/?\n/)[1];
  const context = await newcomer(browser, base);
  const page = await context.newPage();
  page.on("dialog", (dialog) => dialog.accept());
  listen(page, faults);
  await page.goto("/setup");
  await page.fill("#code", server.found[1]);
  await page.fill("#name", owner.name);
  await page.fill("#password", owner.password);
  await page.click("text=Make it mine");
  await page.waitForURL(base + "/");
  await page.goto("/users");
  await page.fill("#name", "vera");
  await page.selectOption("#role", "viewer");
  await page.click("button:has-text('Let them in')");
  const given = await page.locator("#given").innerText();

  await page.click("nav >> text=Front panel");
  let loads = 0;
  page.on("load", () => loads++);
  const light = (name, words) => page.locator(`.lamps li:has-text('${name}'):has-text('${words}')`);
  const glass = page.locator(".glass");
  const key = (name) => page.locator(`.key.${name}`);
  await light("ready", "steady").waitFor();
  await page.waitForFunction(() => document.querySelector(".glass").naturalWidth === 512);
  await look(page, "panel", shots, faults);
  loads = 0;

  // Press: the shown printer is paused, and the lights say so at once.
  const before = await glass.getAttribute("src");
  await key("pause").click();
  await light("ready", "2 flashes").waitFor();
  await light("ready", "Gertie is paused").waitFor();
  if ((await glass.getAttribute("src")) === before) faults.push("the picture of the display did not change");
  await look(page, "panel-paused", shots, faults);
  const printers = async () => (await (await page.request.get("/api/v1/printers")).json()).items.map((p) => p.switches.paused);
  if (String(await printers()) !== "true,false") faults.push(`not Gertie alone is paused: ${await printers()}`);
  // Twice: all of them, and back.
  await key("pause").dblclick();
  await page.waitForFunction(() => document.querySelector(".glass").alt.includes("All printers are paused"));
  if (String(await printers()) !== "true,true") faults.push(`not all are paused: ${await printers()}`);
  await page.click("button:has-text('Twice')");
  await light("ready", "2 printers can print").waitFor();
  // The next printer by a key: without a mouse it goes as well.
  await key("select").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /▸ Squirty/.test(document.querySelector(".glass").alt));
  // Held: the time is shown while it is, and let go too early it is a press.
  await key("action").hover();
  await page.mouse.down();
  await page.waitForFunction(() => document.querySelector("form[data-key=action] progress").value > 300);
  const told = await page.locator("form[data-key=action] output").innerText();
  if (!/^\d\.\d of 1\.5 s$/.test(told)) faults.push(`a hold tells its time as ${told}`);
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelector(".glass").alt.includes("Nothing is asked"));
  await page.mouse.down();
  await page.waitForFunction(() => document.querySelector(".glass").alt.includes("nozzle check"));
  await page.mouse.up();
  await light("attention", "3 flashes").waitFor();
  await look(page, "panel-asks", shots, faults);
  await key("cancel").click();
  await light("attention", "off").waitFor();
  if (loads) faults.push(`the panel's page was loaded ${loads} times`);
  const events = await (await page.request.get("/api/v1/events")).json();
  const paused = events.items.filter((event) => event.act === "pause-printer");
  if (!paused.length || paused.some((event) => event.source !== "panel, by olga")) faults.push(`who pressed is told as ${JSON.stringify(paused)}`);
  step("the front panel's buttons are pressed on its page, by mouse and key, shortly, twice and held, and its lights follow");

  // A viewer looks on, and a stream ends with its session.
  const other = await newcomer(browser, base);
  const viewer = await other.newPage();
  listen(viewer, faults);
  await viewer.goto("/sign-in?next=/panel");
  for (const password of [given, given]) {
    await viewer.fill("#name", "vera");
    await viewer.fill("#password", password);
    if (await viewer.locator("#new-password").count()) await viewer.fill("#new-password", "only looking at it");
    await viewer.click("button:has-text('Sign in')");
  }
  await viewer.waitForURL(/\/panel$/);
  if (await viewer.locator(".key").count()) faults.push("a viewer has buttons");
  const refused = await viewer.request.post("/api/v1/panel/buttons/pause", { data: { how: "short" }, headers: { origin: base } });
  if (refused.status() !== 403) faults.push(`a viewer's press was answered ${refused.status()}`);
  await viewer.locator(".lamps li:has-text('2 printers can print')").waitFor();
  await viewer.request.delete("/api/v1/session", { headers: { origin: base } });
  await key("pause").click();
  await viewer.waitForURL(/\/sign-in/);
  await page.locator(".lamps li:has-text('is paused')").waitFor();
  step("a viewer sees the panel live, presses nothing, and no more than the session lasts");
  await other.close();
  await context.close();
  server.child.kill();
}
