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
    pictures();
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

// A part with a stream of its own, <div data-live="/part" data-stream="/api/v1/panel/stream">, is fetched again with its
// every event; all others follow the log.
function follow() {
  if (!parts.length || !window.EventSource) return;
  const away = document.getElementById("away");
  const own = parts[0].dataset.stream;
  const source = new EventSource(own || "/api/v1/events");
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
  if (own) source.addEventListener("panel", () => parts.forEach(soon));
  else for (const name of document.body.dataset.events.split(" ")) source.addEventListener(name, take);
  source.onopen = () => {
    if (away?.classList.contains("shown")) parts.forEach(soon);
    away?.classList.remove("shown");
  };
  source.onerror = () => {
    away?.classList.add("shown");
    // What was refused does not come back by itself: who may look no more is told so by the part, others try again.
    if (source.readyState === EventSource.CLOSED) {
      parts.forEach(soon);
      setTimeout(follow, 5000);
    }
  };
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
  if (event.target.dataset.wait && !event.defaultPrevented) wait(event.target);
  // A second press sends nothing again.
  const button = event.submitter;
  if (button && !event.defaultPrevented) setTimeout(() => { button.disabled = true; button.dataset.sent = "yes"; }, 0);
});
// What takes a while says so: <form data-wait="Looking around …">.
function wait(form) {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.className = "waiting";
  line.textContent = form.dataset.wait;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", form.dataset.wait);
  line.append(bar);
  form.append(line);
}
addEventListener("pageshow", () => document.querySelectorAll(".waiting").forEach((line) => line.remove()));
addEventListener("pageshow", () => document.querySelectorAll("button[data-sent]").forEach((b) => { b.disabled = false; }));

// All of a list at once: <input type=checkbox data-all="ids">.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.all;
  if (name) document.querySelectorAll(`input[name="${name}"]`).forEach((box) => { box.checked = event.target.checked; });
});

// Pictures that the server makes: a bar until one is there, and where there is none, why.
// <p class="picture"><img data-picture="There is no picture of it" …></p>
function awaitPicture(img) {
  if (img.complete && img.naturalWidth) return;
  if (img.complete && img.loading !== "lazy") return void tellWhy(img);
  if (img.previousElementSibling?.matches("progress")) return;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "The picture is being made");
  img.before(bar);
}
async function tellWhy(img) {
  if (img.previousElementSibling?.matches("progress")) img.previousElementSibling.remove();
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = img.dataset.picture + ".";
  img.replaceWith(note);
  const again = () => {
    if (!note.isConnected) return;
    img.dataset.tries = Number(img.dataset.tries || 0) + 1;
    note.replaceWith(img);
    img.src = img.src;
  };
  try {
    const answer = await fetch(img.src, { credentials: "same-origin" });
    const may = Number(img.dataset.tries || 0) < 3;
    // It is there now, or its turn has not come yet.
    if (answer.ok && may) return void again();
    if (answer.status === 503 && may) setTimeout(again, 1000 * (Number(answer.headers.get("retry-after")) || 2));
    const problem = await answer.json();
    note.textContent = `${img.dataset.picture}: ${problem.detail}.`;
  } catch {
    note.textContent = img.dataset.picture + ": the print server does not answer.";
  }
}
const pictures = () => document.querySelectorAll("img[data-picture]").forEach(awaitPicture);
document.addEventListener("load", (event) => {
  if (event.target.matches?.("img[data-picture]") && event.target.previousElementSibling?.matches("progress")) event.target.previousElementSibling.remove();
}, true);
document.addEventListener("error", (event) => { if (event.target.matches?.("img[data-picture]")) tellWhy(event.target); }, true);
pictures();

// Copies what was shown once.
document.addEventListener("click", async (event) => {
  const from = event.target.closest?.("[data-copy]");
  if (!from) return;
  await navigator.clipboard.writeText(document.getElementById(from.dataset.copy).textContent);
  say("Copied");
  from.textContent = "Copied";
});
