// A studio's first day in a real Chromium: claims a fresh appliance, adds a printer, a profile and a paper, prints, follows
// the job without loading the page again, cancels another, makes an API client and revokes it; looks at every page.
//
//     node walk.mjs PLATEN PROFILE.icc OUT
import {
  freePort, join, listen, look, mkdirSync, newcomer, openBrowser, png, rmSync, start, stopAll, writeFileSync,
} from "./lib.mjs";
import { amends } from "./amends.mjs";
import { consent } from "./consent.mjs";
import { noPanel, panel } from "./panel.mjs";
import { totp } from "./totp.mjs";

const [platen, profile, out] = process.argv.slice(2);
const faults = [];
const done = [];
const step = (text) => { done.push(text); console.log(`  ${text}`); };
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const shots = join(out, "shots");
// What programs leave lies there.
process.env.WALK = out;
process.on("exit", stopAll);

const data = join(out, "data");
writeFileSync(join(out, "photo.png"), png(900, 600));
writeFileSync(join(out, "small.png"), png(120, 90));
writeFileSync(
  join(out, "platen.toml"),
  `data = "${data}"\n[ipp]\nlisten = ["127.0.0.1:0"]\nannounce = false\n[web]\nlisten = ["127.0.0.1:0"]\n` +
    `[[printer]]\nname = "Squirty"\nuri = "virtual:"\nseconds-per-sheet = 1.0\n`,
);
const printerPort = await freePort();
await start(platen, ["simulate", "--port", String(printerPort), "--seconds-per-page", "1"], /.+\n/);
const server = await start(platen, ["serve", "--config", join(out, "platen.toml")], /setup code (\S+), on the web page[\s\S]*stop /);
const code = server.found[1];
const base = server.text().match(/web page\s+(https:\S+?)\/?\n/)[1];

const browser = await openBrowser();
const context = await newcomer(browser, base);
const page = await context.newPage();
page.on("dialog", (dialog) => dialog.accept());
listen(page, faults);

try {
  await page.goto("/");
  await page.waitForURL(/\/setup$/);
  await look(page, "setup", shots, faults);
  await page.fill("#code", "WRONG234");
  await page.fill("#name", "olga");
  await page.fill("#password", "a quiet darkroom");
  await page.click("text=Make it mine");
  await page.getByRole("alert").first().waitFor();
  await page.fill("#code", code);
  await page.fill("#password", "a quiet darkroom");
  await page.click("text=Make it mine");
  await page.waitForURL(base + "/");
  step("a fresh appliance is claimed with its setup code, and not without");

  await page.click("text=Sign out");
  await page.waitForURL(/sign-in/);
  await look(page, "sign-in", shots, faults);
  await page.goto("/papers");
  await page.waitForURL(/sign-in\?next/);
  await page.fill("#name", "olga");
  await page.fill("#password", "wrong password");
  await page.click("button:has-text('Sign in')");
  await page.getByRole("alert").first().waitFor();
  await page.fill("#password", "a quiet darkroom");
  await page.click("button:has-text('Sign in')");
  await page.waitForURL(/\/papers$/);
  step("one signs in, and goes on to where one wanted to be");
  await look(page, "papers-empty", shots, faults);

  await page.goto("/printers");
  await page.fill("#uri", `127.0.0.1:${printerPort}`);
  await page.click("button:has-text('Look at it')");
  await page.fill("#name", "Gertie");
  await look(page, "printers-probe", shots, faults);
  await page.click("button:has-text('Add it')");
  await page.waitForURL(/\/printers\/gertie$/);
  step("a printer is added by its address");

  await page.goto("/profiles");
  await look(page, "profiles-empty", shots, faults);
  await page.setInputFiles("#file", profile);
  await page.click("button:has-text('Add it')");
  await page.waitForURL(/\/profiles\/[0-9a-f]{64}$/);
  await page.selectOption("#printer", "gertie");
  await page.click("button:has-text('Use it')");
  await page.locator("text=every paper that has no other").first().waitFor();
  await look(page, "profile", shots, faults);
  await page.goto("/profiles");
  await look(page, "profiles", shots, faults);
  step("a profile is uploaded and used");

  await page.goto("/papers");
  await page.fill("#name", "Hahnemühle Photo Rag 308");
  await page.selectOption("#media", "iso_a4_210x297mm");
  await page.fill("#media-type", "photographic-matte");
  await page.fill("#weight", "308");
  await page.fill("#price", "4.20");
  await page.fill("#sheets", "3");
  await page.click("button:has-text('Add it')");
  await page.waitForURL(/\/papers\/./);
  await page.selectOption("#kind", "restock");
  await page.fill("#sheets", "25");
  await page.fill("#note", "a new box");
  await page.click("button:has-text('Book it')");
  await page.locator("td:has-text('a new box')").waitFor();
  if (!(await page.locator("td:has-text('28')").count())) faults.push("28 sheets are not on hand after 3 and 25");
  await look(page, "paper", shots, faults);
  step("a paper is added and restocked");

  await page.goto("/printers/gertie");
  await page.selectOption("#paper", { index: 1 });
  await page.fill("#sheets", "20");
  await page.click("button:has-text('That is in it')");
  await page.locator("text=20 sheets").first().waitFor();
  await look(page, "printer", shots, faults);

  await page.goto("/print");
  await look(page, "print-empty", shots, faults);
  await page.setInputFiles("#files", join(out, "photo.png"));
  await page.locator("#quote strong").waitFor();
  await page.click("#proof");
  await page.locator("#proof-picture").waitFor({ state: "visible" });
  step(`proof and quote are shown: ${await page.locator("#quote p").first().innerText()}`);
  await look(page, "print", shots, faults);
  await page.check("#gamut");
  await page.click("#proof");
  await page.locator("#proof-picture").waitFor({ state: "visible" });
  await page.selectOption("#destination", "gertie");
  await page.locator("#send:not([disabled])").waitFor();
  let loads = 0;
  await page.click("#send");
  await page.waitForURL(/\/jobs\/\d+$/);
  const first = page.url().match(/(\d+)$/)[1];
  page.on("load", () => loads++);
  await page.waitForTimeout(300);
  loads = 0;
  const states = new Set();
  const until = Date.now() + 300_000;
  while (Date.now() < until) {
    states.add(await page.locator(".head .tag").first().innerText());
    if (states.has("printed")) break;
    await page.waitForTimeout(100);
  }
  if (!states.has("printed")) faults.push(`the job did not become printed: ${[...states]}`);
  if (loads) faults.push(`the page was loaded ${loads} times while the job moved`);
  if (states.size < 2) faults.push(`the job was not seen to move: ${[...states]}`);
  step(`job ${first} moved without loading its page again: ${[...states].join(", ")}`);
  await look(page, "job", shots, faults);

  await page.goto("/printers/gertie");
  await page.click("button:has-text('Pause')");
  await page.locator("text=paused").first().waitFor();
  await page.goto("/print?template=white-border");
  await page.setInputFiles("#files", join(out, "small.png"));
  await page.selectOption("#destination", "gertie");
  await page.locator("#send:not([disabled])").waitFor();
  await look(page, "print-template", shots, faults);
  await page.click("#send");
  await page.waitForURL(/\/jobs\/\d+$/);
  await look(page, "job-waits", shots, faults);
  await page.goto("/");
  await look(page, "dashboard", shots, faults);
  await page.goto("/jobs");
  await look(page, "jobs", shots, faults);
  await page.locator("tbody a").first().click();
  await page.click("button:has-text('Cancel')");
  await page.locator(".tag:has-text('canceled')").waitFor();
  step("another one is canceled");
  await page.goto("/printers/gertie");
  await page.click("button:has-text('Print again')");
  await amends({ page, printerPort, out, shots, faults, step });

  await page.goto("/clients");
  await look(page, "clients-empty", shots, faults);
  await page.fill("#name", "Web shop");
  await page.click("button:has-text('Add it')");
  const secret = await page.locator("#secret").innerText();
  const id = await page.locator("#client-id").innerText();
  await look(page, "clients", shots, faults);
  const token = () => context.request.post("/oauth/token", {
    form: { grant_type: "client_credentials", client_id: id, client_secret: secret },
  });
  const answer = await token();
  if (!answer.ok()) faults.push(`the new program gets no token: ${answer.status()}`);
  const bearer = (await answer.json()).access_token;
  const jobs = await context.request.get("/api/v1/jobs", { headers: { authorization: `Bearer ${bearer}` } });
  if (!jobs.ok()) faults.push(`the new program sees no jobs: ${jobs.status()}`);
  await page.goto("/clients");
  if ((await page.content()).includes(secret)) faults.push("a secret is shown twice");
  await page.click("button:has-text('Revoke')");
  await page.locator(".tag:has-text('revoked')").waitFor();
  if ((await token()).ok()) faults.push("a revoked program gets a token");
  const after = await context.request.get("/api/v1/jobs", { headers: { authorization: `Bearer ${bearer}`, cookie: "" } });
  if (after.status() !== 401) faults.push(`a revoked program's token is good: ${after.status()}`);
  step("a program gets its secret once, calls, and is revoked");

  await page.goto("/users");
  await page.fill("#name", "carl");
  await page.click("button:has-text('Let them in')");
  const given = await page.locator("#given").innerText();
  await look(page, "users", shots, faults);
  await page.fill("#name", "somebody-with-a-name-without-any-space-that-goes-on-and-on");
  await page.click("button:has-text('Let them in')");
  await page.locator("td:has-text('goes-on-and-on')").waitFor();
  await look(page, "users-long", shots, faults);
  const person = { name: "carl", given, password: "a long exposure of clouds" };
  await consent({ browser, base, page, person, out, shots, faults, step });
  const totpSecret = await totp({ browser, base, person, shots, faults, step });
  for (const [path, name] of [["/printers", "printers"], ["/papers", "papers"], ["/templates", "templates"],
    ["/templates/white-border", "template"], ["/system", "system"], ["/system/updates", "updates"], ["/system/machine", "machine"], ["/account", "account"], ["/nothing", "nothing"]]) {
    const answer = await page.goto(path);
    await page.waitForLoadState("networkidle").catch(() => {});
    await look(page, name, shots, faults);
    const expected = name === "nothing" ? 404 : 200;
    if (answer.status() !== expected) faults.push(`${path} answered ${answer.status()}`);
  }
  await noPanel({ page, shots, faults, step });
  await panel({ browser, platen, out, shots, faults, step });
  step("every page was looked at, light and dark, at 390 and 1280 px");

  // What a page weighs without its pictures.
  for (const path of ["/", "/print", "/jobs", "/printers/gertie", "/system"]) {
    const fresh = await newcomer(browser, base, { storageState: await context.storageState() });
    const cold = await fresh.newPage();
    const parts = [];
    cold.on("response", (answer) => {
      const type = answer.headers()["content-type"] ?? "";
      if (!type.startsWith("image/") && !type.startsWith("text/event-stream")) parts.push(answer.body().catch(() => ""));
    });
    await cold.goto(path);
    await cold.waitForTimeout(700);
    const bytes = (await Promise.all(parts)).reduce((sum, part) => sum + part.length, 0);
    console.log(`  ${path} weighs ${Math.round(bytes / 1000)} kB without pictures`);
    if (bytes > 150_000) faults.push(`${path} weighs ${bytes} bytes`);
    await fresh.close();
  }
  const log = server.text();
  for (const secretText of ["a quiet darkroom", person.password, given, totpSecret, secret, bearer]) {
    if (log.includes(secretText)) faults.push("the log has a secret");
  }
} catch (error) {
  faults.push(`${page.url()}: ${error.message.split("\n").slice(0, 6).join(" ")}`);
  await page.screenshot({ path: join(out, "last.png"), fullPage: true }).catch(() => {});
}
await browser.close();
stopAll();
for (const fault of [...new Set(faults)]) console.error(`FAULT ${fault}`);
console.log(faults.length ? `${done.length} steps, ${faults.length} faults` : `all ${done.length} steps, no fault`);
process.exit(faults.length ? 1 : 0);
