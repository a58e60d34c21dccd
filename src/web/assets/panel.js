// The panel's buttons under a finger, the mouse or a key: a press, two of them, or a hold whose time is shown. Without this
// script the smaller buttons beside them do the same.
"use strict";
for (const form of document.querySelectorAll("form[data-key]")) {
  const button = form.querySelector(".key"), bar = form.querySelector("progress"), time = form.querySelector("output");
  const hold = Number(form.dataset.hold) || 0, double = Number(form.dataset.double) || 0;
  const rest = time?.textContent;
  let since = 0, spent = false, first = 0;

  async function press(how) {
    const wrong = document.getElementById("pressed");
    wrong.hidden = true;
    try {
      const answer = await fetch("/api/v1/panel/buttons/" + form.dataset.key, {
        method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify({ how }),
      });
      if (answer.status === 401) return void location.reload();
      if (answer.ok) return;
      wrong.textContent = (await answer.json().catch(() => ({}))).detail || "The panel did not take it.";
    } catch {
      wrong.textContent = "The print server does not answer. Try again.";
    }
    wrong.hidden = false;
  }

  function show(held) {
    if (!hold) return;
    bar.value = held;
    time.textContent = held ? `${(held / 1000).toFixed(1)} of ${hold / 1000} s` : rest;
  }

  function look() {
    if (!since) return;
    const held = performance.now() - since;
    show(Math.min(held, hold));
    if (hold && held >= hold) {
      spent = true;
      since = 0;
      button.classList.remove("down");
      time.textContent = "held";
      setTimeout(() => show(0), 1000);
      return void press("long");
    }
    requestAnimationFrame(look);
  }

  function down() {
    if (since) return;
    [since, spent] = [performance.now(), false];
    button.classList.add("down");
    requestAnimationFrame(look);
  }

  function up(counts) {
    button.classList.remove("down");
    if (!since) return;
    since = 0;
    show(0);
    if (!counts || spent) return;
    if (!double) return void press("short");
    // A second press makes it a double one, as at the box.
    if (first) {
      clearTimeout(first);
      first = 0;
      return void press("double");
    }
    first = setTimeout(() => { first = 0; press("short"); }, double);
  }

  button.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    button.setPointerCapture(event.pointerId);
    down();
  });
  button.addEventListener("pointerup", () => up(true));
  button.addEventListener("pointercancel", () => up(false));
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  const isKey = (event) => event.key === " " || event.key === "Enter";
  button.addEventListener("keydown", (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) down();
  });
  button.addEventListener("keyup", (event) => { if (isKey(event)) { event.preventDefault(); up(true); } });
  button.addEventListener("blur", () => up(false));
  // Assistive technology clicks without a pointer or a key; a pointer's own click was heard already.
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (event.detail === 0 && !since && !spent) press("short");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.submitter && event.submitter !== button) press(event.submitter.value);
  });
}
