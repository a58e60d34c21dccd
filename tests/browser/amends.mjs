// What is asked, taken back and told when it goes wrong: a printer that loses its power in the middle of a sheet, a job that
// can't be shown, jobs that are acted on together, and what was removed by mistake.
import { join, look, png, readFileSync, writeFileSync } from "./lib.mjs";

/** A name without a place to break it. */
const LONG = "IMG_20261124_180233_harbour_at_dawn_final_version_2_print_this_one_please.png";

async function send(page, file, name = "", draft = false) {
  await page.goto("/print");
  await page.setInputFiles("#files", file);
  await page.fill("#name", name);
  await page.selectOption("#destination", "gertie");
  if (draft) await page.check("#draft");
  await page.locator("#send:not([disabled])").waitFor();
  await page.click("#send");
  await page.waitForURL(/\/jobs\/\d+$/);
  return page.url().match(/\d+$/)[0];
}

export async function amends({ page, printerPort, out, shots, faults, step }) {
  const happens = async (commands) => {
    const told = await fetch(`http://127.0.0.1:${printerPort}/control`, { method: "POST", body: commands });
    if (!told.ok) throw new Error(`the simulator did not take ${commands}: ${await told.text()}`);
  };
  writeFileSync(join(out, LONG), png(300, 400));

  // The printer loses its power in the middle of a sheet: only a person knows what came of it.
  await happens("speed 60");
  await send(page, join(out, LONG));
  await page.locator(".tag:has-text('printing')").first().waitFor();
  await look(page, "job-long-name", shots, faults);
  await page.waitForTimeout(1000);
  await happens("power-cycle\nspeed 1");
  const question = page.getByRole("alert").filter({ hasText: "A question about this job" });
  await question.waitFor({ timeout: 300_000 });
  const asked = await page.locator("main").innerText();
  if (/Release-Job|Cancel-Job/.test(asked)) faults.push(`the question names operations: ${asked}`);
  if (!asked.includes("was the sheet finished?")) faults.push(`the question asks nothing: ${asked}`);
  await look(page, "job-question", shots, faults);
  await page.goto("/");
  if (/Release-Job|Cancel-Job/.test(await page.locator("main").innerText())) faults.push("the dashboard names operations");
  await look(page, "dashboard-question", shots, faults);
  await page.click("a.button:has-text('Answer')");
  await page.click("button:has-text('There is no good sheet')");
  await page.locator(".tag:has-text('printed')").first().waitFor({ timeout: 300_000 });
  step("a question of a sheet is answered by pressing what the page says");

  // A document whose head is right and whose pixels are not.
  writeFileSync(join(out, "torn.png"), readFileSync(join(out, "photo.png")).subarray(0, 2_000));
  const torn = await send(page, join(out, "torn.png"), "Torn", true);
  await page.locator(".picture .note:has-text('There is no picture of it:'), p.note:has-text('There is no picture of it:')").waitFor();
  await look(page, "job-not-shown", shots, faults);
  step(`a job that can't be shown says why: ${await page.locator(".note:has-text('There is no picture')").innerText()}`);

  // Together.
  const ids = [torn];
  for (const name of ["One of two", "Two of two"]) ids.push(await send(page, join(out, "photo.png"), name, true));
  await page.goto("/jobs?state=pending-held");
  for (const id of ids) await page.check(`input[name=id][value='${id}']`);
  await look(page, "jobs-chosen", shots, faults);
  await page.click("button[value=restart]");
  await page.locator(".note:has-text('3 jobs could not be started over')").waitFor();
  await look(page, "jobs-refused", shots, faults);
  if (!page.url().includes("/jobs")) faults.push("an act on many led elsewhere");
  for (const id of ids) await page.check(`input[name=id][value='${id}']`);
  await page.click("button[value=cancel]");
  await page.locator(".note:has-text('3 jobs are canceled')").waitFor();
  await look(page, "jobs-canceled", shots, faults);
  await page.click("text=Take it back");
  await page.locator(".note:has-text('3 jobs are sent once more')").waitFor();
  step("jobs are acted on together, what could not be done says why, and what was canceled is taken back");

  // By mistake.
  await page.goto("/papers");
  await page.click("text=Hahnemühle Photo Rag 308");
  await page.click("button:has-text('Remove it')");
  await page.locator(".note:has-text('is removed')").waitFor();
  await look(page, "papers-removed", shots, faults);
  await page.click("button:has-text('Take it back')");
  await page.waitForURL(/\/papers\/./);
  await page.locator("td:has-text('a new box')").waitFor();
  await page.goto("/templates");
  await page.fill("#name", "Postcards");
  await page.fill("#border", "5");
  await page.click("button:has-text('Make it')");
  await page.locator("td:has-text('Postcards')").waitFor();
  await page.click("tr:has-text('Postcards') button:has-text('Remove')");
  await page.click("button:has-text('Take it back')");
  await page.locator("tr:has-text('Postcards'):has-text('border 5 mm')").waitFor();
  await page.goto("/printers");
  await page.fill("#uri", "virtual:");
  await page.click("button:has-text('Look at it')");
  await page.fill("#name", "Spare");
  await page.click("button:has-text('Add it')");
  await page.waitForURL(/\/printers\/spare$/);
  await page.click("button:has-text('Remove it')");
  await page.click("button:has-text('Take it back')");
  await page.waitForURL(/\/printers\/spare$/);
  await page.click("button:has-text('Remove it')");
  await page.locator(".note:has-text('Spare is removed')").waitFor();
  await look(page, "printers-removed", shots, faults);
  step("a paper, a preset and a printer that were removed are taken back");
}
