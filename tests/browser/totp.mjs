// A second factor: the square on the page is read as a phone's camera would, its codes are made by RFC 6238, and one signs in
// with one of them.
import { createHmac } from "node:crypto";
import decode from "qr/decode.js";
import { listen, look, newcomer } from "./lib.mjs";

/** What a QR code in a picture says, seen by Chromium's own decoder of PNG. */
async function read(browser, png) {
  const page = await browser.newPage();
  const seen = await page.evaluate(async (base64) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    return { width: picture.width, height: picture.height, data: [...pen.getImageData(0, 0, picture.width, picture.height).data] };
  }, png.toString("base64"));
  await page.close();
  return decode({ ...seen, data: Uint8ClampedArray.from(seen.data) }, { effort: 8, timeLimit: 5_000 });
}

/** The code of a secret in base32, so many steps of 30 s from now (RFC 6238). */
function code(secret, steps = 0) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const word = digest.readUInt32BE(digest[19] & 15) & 0x7fff_ffff;
  return String(word % 1_000_000).padStart(6, "0");
}

export async function totp({ browser, base, person, shots, faults, step }) {
  const context = await newcomer(browser, base);
  const page = await context.newPage();
  page.on("dialog", (dialog) => dialog.accept());
  listen(page, faults);
  const enter = async () => {
    await page.goto("/sign-in?next=/account");
    await page.fill("#name", person.name);
    await page.fill("#password", person.password);
    await page.click("button:has-text('Sign in')");
  };
  await enter();
  await page.waitForURL(/\/account$/);
  await page.fill("#totp-password", person.password);
  await page.click("button:has-text('Set it up')");
  const square = page.locator("#totp-qr");
  await square.waitFor();
  await look(page, "account-totp", shots, faults);
  const secret = await page.locator("#totp-secret").innerText();
  const link = await page.locator("#totp-uri").getAttribute("href");
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    const seen = await read(browser, await square.screenshot());
    if (seen !== link) faults.push(`the QR code says ${seen} in ${scheme}, and not ${link}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  const told = new URL(link);
  if (told.protocol !== "otpauth:" || told.searchParams.get("secret") !== secret) faults.push(`the link says ${link}`);
  await page.fill("#code", String((Number(code(secret)) + 1) % 1_000_000).padStart(6, "0"));
  await page.click("button:has-text('Switch it on')");
  await page.getByRole("alert").first().waitFor();
  if ((await page.content()).includes(secret)) faults.push("the secret is shown twice");
  // Of this step, or of the next one where that has begun meanwhile: both are taken.
  await page.fill("#code", code(secret, -1));
  await page.click("button:has-text('Switch it on')");
  await page.locator("button:has-text('Switch it off')").waitFor();
  await page.click("text=Sign out");
  await page.waitForURL(/sign-in/);
  await enter();
  await page.locator("#totp").waitFor();
  await look(page, "sign-in-code", shots, faults);
  await page.fill("#password", person.password);
  await page.fill("#totp", code(secret));
  await page.click("button:has-text('Sign in')");
  await page.waitForURL(/\/account$/);
  await page.fill("#totp-password", person.password);
  await page.click("button:has-text('Switch it off')");
  await page.locator("button:has-text('Set it up')").waitFor();
  step("a second factor is read from its QR code, and one signs in with a code");
  await context.close();
  return secret;
}
