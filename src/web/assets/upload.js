// Sends one file to the API: <form data-upload="/path" data-then="/page/{field of the answer}">. With a data-type of its
// own, the boxes that are ticked go along in the query.
"use strict";
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return;
    const bar = form.querySelector("progress");
    const wrong = form.querySelector("[role=alert]");
    const button = form.querySelector("button[type=submit]");
    const fail = (text) => { wrong.textContent = text; wrong.hidden = false; bar.hidden = true; button.disabled = false; };
    wrong.hidden = true;
    bar.hidden = false;
    const request = new XMLHttpRequest();
    let query = form.dataset.json ? "" : "?name=" + encodeURIComponent(file.name.replace(/\.[^.]*$/, ""));
    if (form.dataset.type) {
      const ticked = [...form.querySelectorAll("input[type=checkbox]:checked")].map((box) => [box.name, box.value]);
      query = "?" + new URLSearchParams(ticked);
    }
    request.open("POST", form.dataset.upload + query);
    const type = form.dataset.type || (form.dataset.json ? "application/json" : "application/vnd.iccprofile");
    request.setRequestHeader("content-type", type);
    request.upload.onprogress = (progress) => { bar.max = progress.total; bar.value = progress.loaded; };
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* told below */ }
      if (request.status >= 300) return fail(answer.detail || "The print server did not take it.");
      location.assign(form.dataset.then.replace(/\{(\w+)\}/, (_, field) => encodeURIComponent(answer[field])));
    };
    request.onerror = () => fail("The print server does not answer. Try again.");
    request.send(file);
  });
}
