// What keeps pages up to date, and asks before something is destroyed. Pages work without it.
"use strict";

// Parts that change: <section data-live="/path/of/the/part" data-on="job printer">. When one of these things happens, the
// part is fetched again as the server draws it. Nothing is replaced while somebody types in it.
const parts = [...document.querySelectorAll("[data-live]")];

function topicOf(event) {
  if (event.job !== null && event.job !== undefined) return "job";
  if (event.event === "update-changed") return "update";
  if (event.event === "stock-changed" || event.event === "paper-low") return "paper";
  return "printer";
}

async function refresh(part) {
  if (part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) {
    part.dataset.stale = "yes";
    return;
  }
  delete part.dataset.stale;
  try {
    const answer = await fetch(part.dataset.live, { headers: { "x-part": "yes" }, credentials: "same-origin" });
    if (answer.status === 401) return void location.reload();
    if (!answer.ok) return;
    const html = await answer.text();
    if (part.dataset.html === html) return;
    part.dataset.html = html;
    const focused = part.contains(document.activeElement) && document.activeElement.id;
    part.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
    const spoken = part.querySelector("[data-say]");
    if (spoken) say(spoken.dataset.say);
  } catch {
    // The stream says when the server is away.
  }
}

const waiting = new Map();
function soon(part) {
  if (waiting.has(part)) return;
  waiting.set(part, setTimeout(() => { waiting.delete(part); refresh(part); }, 200));
}

// One line for screen readers.
let said = "";
function say(text) {
  const line = document.getElementById("spoken");
  if (line && text !== said) { said = text; line.textContent = text; }
}

function follow() {
  if (!parts.length || !window.EventSource) return;
  const away = document.getElementById("away");
  const source = new EventSource("/api/v1/events");
  const take = (message) => {
    let event;
    try { event = JSON.parse(message.data); } catch { return; }
    const topic = topicOf(event);
    for (const part of parts) {
      const topics = (part.dataset.on || "job printer paper").split(" ");
      const job = part.dataset.job;
      if (topics.includes(topic) && (!job || String(event.job) === job)) soon(part);
    }
  };
  for (const name of document.body.dataset.events.split(" ")) source.addEventListener(name, take);
  source.onopen = () => {
    if (away?.classList.contains("shown")) parts.forEach(soon);
    away?.classList.remove("shown");
  };
  source.onerror = () => away?.classList.add("shown");
  addEventListener("pagehide", () => source.close());
}
follow();

document.addEventListener("focusout", (event) => {
  const part = event.target.closest?.("[data-live]");
  if (part?.dataset.stale) soon(part);
});

// A form that destroys asks first: <form data-ask="Cancel job 7?">.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask || event.target.dataset.ask;
  if (question && !confirm(question)) { event.preventDefault(); return; }
  // A second press sends nothing again.
  const button = event.submitter;
  if (button && !event.defaultPrevented) setTimeout(() => { button.disabled = true; button.dataset.sent = "yes"; }, 0);
});
addEventListener("pageshow", () => document.querySelectorAll("button[data-sent]").forEach((b) => { b.disabled = false; }));

// All of a list at once: <input type=checkbox data-all="ids">.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all;
  if (name) document.querySelectorAll(`input[name="${name}"]`).forEach((box) => { box.checked = event.target.checked; });
});

// Copies what was shown once.
document.addEventListener("click", async (event) => {
  const from = event.target.closest?.("[data-copy]");
  if (!from) return;
  await navigator.clipboard.writeText(document.getElementById(from.dataset.copy).textContent);
  say("Copied");
  from.textContent = "Copied";
});
