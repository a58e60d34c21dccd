// A stranger's program asks to act for a person: he signs in, sees who asks for what, lets it in, and ends it later; and
// another time says no.
import { join, listen, look, newcomer, start, writeFileSync } from "./lib.mjs";

export async function consent({ browser, base, page, person, out, shots, faults, step }) {
  // An app on the person's own device: it has no secret, and listens on whichever port is free.
  await page.goto("/clients");
  await page.fill("#name", "Lightbox");
  await page.check("input[value='users:write']");
  await page.fill("#redirect", "http://127.0.0.1/callback");
  await page.check("input[name=public]");
  await page.click("button:has-text('Add it')");
  const id = await page.locator("#client-id").innerText();
  if (await page.locator("#secret").count()) faults.push("an app has a secret");
  const certificate = join(out, "certificate.pem");
  writeFileSync(certificate, await (await page.request.get("/certificate.pem")).body());

  const context = await newcomer(browser, base);
  const visitor = await context.newPage();
  listen(visitor, faults);
  const stranger = () => start(process.execPath, [join(import.meta.dirname, "stranger.mjs"), base, id], /open (\S+)\n/, {
    NODE_EXTRA_CA_CERTS: certificate,
  });

  const program = await stranger();
  await visitor.goto(program.found[1]);
  await visitor.click("text=Connect");
  // Nobody is signed in: first that, and then what was asked.
  await visitor.waitForURL(/\/sign-in\?next=/);
  await visitor.fill("#name", person.name);
  await visitor.fill("#password", person.given);
  await visitor.click("button:has-text('Sign in')");
  await visitor.fill("#password", person.given);
  await visitor.fill("#new-password", person.password);
  await visitor.click("button:has-text('Sign in')");
  await visitor.waitForURL(/\/oauth\/authorize\?/);
  const asked = await visitor.locator("main").innerText();
  // Carl is a client: what only an owner may do is not given away by him.
  for (const words of ["Lightbox", person.name, "see your jobs", "you may not do yourself", "127.0.0.1"]) {
    if (!asked.includes(words)) faults.push(`the question does not tell ${words}: ${asked}`);
  }
  await look(visitor, "authorize", shots, faults);
  await visitor.click("button:has-text('Let it in')");
  await visitor.waitForURL(/127\.0\.0\.1:\d+\/callback\?/);
  await program.until(/refreshed\n/);
  const acts = program.text().match(/acts for (\S+) (.*)\n/);
  if (acts?.[1] !== person.name || acts[2] !== "jobs:read jobs:write") faults.push(`the program acts for ${acts}`);
  step(`a stranger's program is let in on the page, takes its code at its own port, and acts for ${acts[1]}: ${acts[2]}`);

  await visitor.goto("/account");
  await visitor.locator("li:has-text('Lightbox')").waitFor();
  await look(visitor, "account-program", shots, faults);
  await visitor.click("li:has-text('Lightbox') button:has-text('No more')");
  await visitor.locator("section:has-text('Programs that act for you') >> text=None.").waitFor();
  program.child.stdin.write("\n");
  await program.until(/(ended|failed).*\n/);
  if (!program.text().includes("ended invalid_grant")) faults.push(`the program was not ended: ${program.text()}`);
  step("what was let in is ended on the page, and the program is told so");

  const other = await stranger();
  await visitor.goto(other.found[1]);
  await visitor.click("text=Connect");
  // Signed in already: the page comes at once, though a link of another site brings no cookie.
  await visitor.waitForURL(/\/oauth\/authorize\?/);
  await visitor.click("button:has-text('No')");
  await visitor.waitForURL(/127\.0\.0\.1:\d+\/callback\?error=access_denied/);
  await other.until(/(refused|failed|acts).*\n/);
  if (!other.text().includes("refused access_denied")) faults.push(`the program was not refused: ${other.text()}`);
  other.child.kill();
  step("a program that is refused hears so, and gets nothing");
  await context.close();
}
