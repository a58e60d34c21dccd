// The print page: uploads pictures in pieces that can be taken up again, and asks the server how they lie on the sheet,
// what they cost and how they will look. The server decides; this shows it.
"use strict";
(() => {
  const form = document.getElementById("print");
  const by = (id) => document.getElementById(id);
  const PIECE = 4 << 20;
  const SVG = "http://www.w3.org/2000/svg";
  /** @type {{name: string, file: File, id?: string, done: boolean, url?: string, li: HTMLElement}[]} */
  const pictures = [];
  let layout = null, sheet = 0, asked = 0, sending = false, proofing = false;

  async function api(method, path, body, headers = {}) {
    const json = body !== undefined && !(body instanceof Blob);
    const answer = await fetch("/api/v1" + path, {
      method, credentials: "same-origin",
      headers: { ...(json ? { "content-type": "application/json" } : {}), ...headers },
      body: json ? JSON.stringify(body) : body,
    });
    if (answer.status === 401) location.assign("/sign-in?next=/print");
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({ detail: "The print server did not take it." }));
      throw Object.assign(new Error(problem.detail), { problem, status: answer.status });
    }
    return answer;
  }

  function complain(error) {
    by("wrong").textContent = error ? error.message : "";
    by("wrong").hidden = !error;
  }

  function line(file) {
    const li = document.createElement("li");
    li.className = "row spread";
    const text = document.createElement("span");
    text.textContent = file.name;
    const side = document.createElement("span");
    side.className = "row";
    const bar = document.createElement("progress");
    bar.max = file.size || 1;
    bar.value = 0;
    bar.setAttribute("aria-label", "Upload of " + file.name);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "small";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", "Remove " + file.name);
    side.append(bar, remove);
    li.append(text, side);
    by("list").append(li);
    return { li, bar, text, remove };
  }

  async function add(file) {
    const shown = line(file);
    const picture = { name: file.name, file, done: false, li: shown.li };
    pictures.push(picture);
    shown.remove.onclick = () => {
      pictures.splice(pictures.indexOf(picture), 1);
      shown.li.remove();
      if (picture.url) URL.revokeObjectURL(picture.url);
      if (picture.id) api("DELETE", "/uploads/" + picture.id).catch(() => {});
      changed();
    };
    try {
      const made = await (await api("POST", "/uploads", { bytes: file.size, name: file.name })).json();
      picture.id = made.id;
      let offset = made.offset, failures = 0;
      while (offset < file.size && pictures.includes(picture)) {
        try {
          const answer = await api("PATCH", "/uploads/" + picture.id, file.slice(offset, offset + PIECE), {
            "content-type": "application/offset+octet-stream", "upload-offset": String(offset),
          });
          offset = Number(answer.headers.get("upload-offset") ?? offset + PIECE);
          failures = 0;
        } catch (error) {
          // The network may come back; what the server has is asked for.
          if (error.status && error.status !== 409 || ++failures > 5) throw error;
          await new Promise((go) => setTimeout(go, 1000 * failures));
          const head = await api("HEAD", "/uploads/" + picture.id);
          offset = Number(head.headers.get("upload-offset"));
        }
        shown.bar.value = offset;
      }
      picture.done = true;
      if (/^image\/(jpeg|png)$/.test(file.type)) picture.url = URL.createObjectURL(file);
      shown.bar.remove();
      changed();
    } catch (error) {
      shown.bar.remove();
      const why = document.createElement("small");
      why.className = "tag bad";
      why.textContent = error.message;
      shown.text.append(document.createElement("br"), why);
    }
  }

  function request() {
    const ticket = {};
    const paper = form.querySelector("input[name=paper]:checked")?.value;
    if (paper) ticket.paper = paper;
    else {
      ticket.media = by("media").value;
      if (by("media_type").value) ticket.media_type = by("media_type").value;
    }
    if (by("border").value !== "") ticket.border = Number(by("border").value);
    for (const name of ["print_color_mode", "print_rendering_intent", "print_quality"]) {
      if (by(name).value) ticket[name] = by(name).value;
    }
    const template = by("template").value;
    if (!template) {
      ticket.print_scaling = by("print_scaling").value;
      if (by("orientation").value) ticket.orientation = by("orientation").value;
      if (by("number_up").value !== "1") ticket.number_up = Number(by("number_up").value);
      if (by("page_ranges").value.trim()) ticket.page_ranges = by("page_ranges").value.trim();
    }
    const job = { ticket, copies: Number(by("copies").value) || 1, strict: false, uploads: pictures.filter((p) => p.done).map((p) => p.id) };
    if (template) {
      job.template = template;
      const fields = {};
      by("fields").querySelectorAll("input, select").forEach((field) => { if (field.value !== "") fields[field.name] = field.value; });
      if (Object.keys(fields).length) job.fields = fields;
    }
    if (by("destination").value) job.destination = by("destination").value;
    if (by("name").value.trim()) job.name = by("name").value.trim();
    if (by("reference").value.trim()) job.reference = by("reference").value.trim();
    if (by("draft").checked) job.mode = "draft";
    return job;
  }

  function element(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // The sheet in millimetres: paper, what the printer can reach, pictures with their crop.
  function draw() {
    const svg = by("sheet");
    svg.replaceChildren();
    if (!layout) return;
    const { width, height, margins: [top, right, bottom, left] } = layout.media;
    svg.setAttribute("viewBox", `-2 -2 ${width + 4} ${height + 4}`);
    svg.append(element("rect", { x: 0, y: 0, width, height, fill: "#fff", stroke: "#8a837a", "stroke-width": 0.4 }));
    const page = layout.pages[sheet];
    for (const [n, one] of (page?.pictures ?? []).entries()) {
      const clip = element("clipPath", { id: "clip" + n });
      clip.append(element("rect", { x: one.x, y: one.y, width: one.width, height: one.height }));
      svg.append(clip);
      const shown = pictures.filter((p) => p.done)[one.document - 1];
      const [cx, cy, cw, ch] = one.crop;
      const w = one.width / cw, h = one.height / ch;
      const x = one.x - cx * w, y = one.y - cy * h;
      svg.append(element("rect", { x: one.x, y: one.y, width: one.width, height: one.height, fill: "#d9d4cc" }));
      if (shown?.url && w > 0 && h > 0) {
        const turned = one.turned % 180 !== 0;
        const [iw, ih] = turned ? [h, w] : [w, h];
        const group = element("g", { "clip-path": `url(#clip${n})` });
        group.append(element("image", {
          href: shown.url, width: iw, height: ih, preserveAspectRatio: "none",
          transform: `translate(${x + w / 2} ${y + h / 2}) rotate(${one.turned}) translate(${-iw / 2} ${-ih / 2})`,
        }));
        svg.append(group);
      } else {
        const text = element("text", { x: one.x + one.width / 2, y: one.y + one.height / 2, "text-anchor": "middle", "font-size": Math.min(one.width, one.height) / 8, fill: "#5c5751" });
        text.textContent = shown ? shown.name : String(one.document);
        svg.append(text);
      }
    }
    svg.append(element("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, fill: "none", stroke: "#234e70", "stroke-width": 0.3, "stroke-dasharray": "2 2" }));
    const many = layout.pages.length;
    by("before").hidden = by("after").hidden = many < 2;
    by("which").textContent = many > 1 ? `${sheet + 1} of ${many}` : "";
    const dots = (page?.pictures ?? []).map((p) => p.ppi).filter((ppi) => ppi);
    const least = Math.min(...dots);
    by("ppi").textContent = dots.length ? `${Math.round(least)} pixels on an inch${least < 180 ? ": fewer than 180, so that it may look soft. A smaller print, or a larger picture, is sharper." : "."}` : "";
    by("ppi").className = dots.length && least < 180 ? "note warn" : "soft";
  }

  function tell(quote) {
    const box = by("quote");
    box.replaceChildren();
    const price = document.createElement("p");
    const strong = document.createElement("strong");
    strong.textContent = `${quote.price.total} ${quote.price.currency}`;
    price.append(strong, ` for ${quote.sheets} ${quote.sheets === 1 ? "sheet" : "sheets"}`);
    box.append(price);
    const say = (text, kind = "soft") => {
      const p = document.createElement("p");
      p.className = kind;
      p.textContent = text;
      box.append(p);
    };
    if (quote.time) say(`Done about ${new Date(quote.time.done).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`);
    const ink = quote.ink.reduce((sum, one) => sum + one.ml, 0);
    if (ink > 0) say(`About ${ink.toFixed(1)} ml of ink.`);
    if (quote.paper?.short) say(`${quote.paper.name}: there are not enough sheets. It waits until there are.`, "note warn");
    for (const warning of quote.warnings) say(warning, "note warn");
  }

  let timer;
  function changed() {
    clearTimeout(timer);
    by("proofed").hidden = true;
    timer = setTimeout(ask, 150);
  }

  // While the quote is on its way one can go on: the server looks at what is sent in any case.
  function enable() {
    const ready = pictures.some((p) => p.done);
    by("send").disabled = sending || !ready || pictures.some((p) => !p.done);
    by("proof").disabled = proofing || !ready;
    return ready;
  }

  async function ask() {
    const turn = ++asked;
    const ready = enable();
    if (!sending) complain(null);
    if (!ready) { layout = null; draw(); return; }
    const job = request();
    try {
      const [geometry, quote] = await Promise.all([
        api("POST", "/layout", job).then((answer) => answer.json()),
        api("POST", "/quotes", job).then((answer) => answer.json()),
      ]);
      if (turn !== asked) return;
      layout = geometry;
      sheet = Math.min(sheet, layout.pages.length - 1);
      draw();
      tell(quote);
    } catch (error) {
      if (turn === asked) complain(error);
    }
  }

  async function proof() {
    proofing = true;
    enable();
    by("proof").textContent = "Making it …";
    by("proofing").hidden = false;
    const look = { size: 1200, sheet: sheet + 1 };
    if (by("gamut").checked) look.gamut = Number(form.dataset.gamut);
    try {
      const answer = await api("POST", "/proofs", { job: request(), look });
      const picture = by("proof-picture");
      if (picture.src) URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(await answer.blob());
      await picture.decode();
      by("proofed").hidden = false;
    } catch (error) {
      complain(error);
    }
    by("proofing").hidden = true;
    by("proof").textContent = "Show a soft proof";
    proofing = false;
    enable();
  }

  // What a template takes, asked for by its own words.
  async function takes() {
    const name = by("template").value;
    by("fields").replaceChildren();
    by("plain").hidden = Boolean(name);
    if (name) {
      const template = await (await api("GET", "/templates/" + encodeURIComponent(name))).json();
      const field = (name, title, input) => {
        const div = document.createElement("div");
        div.className = "field";
        const label = document.createElement("label");
        label.htmlFor = input.id = "field-" + name;
        label.textContent = title;
        input.name = name;
        input.addEventListener("change", changed);
        div.append(label, input);
        by("fields").append(div);
      };
      for (const one of template.parameters) {
        let input;
        if (one.choices?.length) {
          input = document.createElement("select");
          input.append(new Option("as the template says", ""));
          for (const choice of one.choices) input.append(new Option(choice));
        } else {
          input = document.createElement("input");
          if (one.kind === "number" || one.kind === "length") input.type = "number", input.step = "any";
          if (one.min !== null && one.min !== undefined) input.min = one.min;
          if (one.max !== null && one.max !== undefined) input.max = one.max;
          input.placeholder = one.default ?? "";
        }
        field(one.name, one.title, input);
      }
      for (const word of template.words) field(word, word, document.createElement("input"));
    }
    changed();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    sending = true;
    enable();
    complain(null);
    const key = (form.dataset.key ??= crypto.randomUUID());
    try {
      const job = await (await api("POST", "/jobs", request(), { "idempotency-key": key })).json();
      location.assign("/jobs/" + job.id);
    } catch (error) {
      complain(error);
      // Another request is another job; the same one, whose answer was lost, is not.
      if (error.status) delete form.dataset.key;
      sending = false;
      enable();
    }
  });
  const take = (files) => [...files].forEach(add);
  by("files").addEventListener("change", (event) => { take(event.target.files); event.target.value = ""; });
  const drop = by("drop");
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files); });
  form.addEventListener("change", (event) => {
    if (event.target.id === "template") return void takes().catch(complain);
    if (event.target.name === "paper") by("other").hidden = Boolean(event.target.value);
    if (!["files", "gamut", "name", "reference", "draft"].includes(event.target.id)) changed();
  });
  by("other").hidden = Boolean(form.querySelector("input[name=paper]:checked")?.value);
  by("proof").addEventListener("click", proof);
  by("before").addEventListener("click", () => { sheet = Math.max(0, sheet - 1); draw(); });
  by("after").addEventListener("click", () => { sheet = Math.min(layout.pages.length - 1, sheet + 1); draw(); });
  if (by("template").value) takes().catch(complain);
  addEventListener("beforeunload", (event) => { if (pictures.some((p) => !p.done && p.li.isConnected && p.id)) event.preventDefault(); });
})();
