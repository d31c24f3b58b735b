"use strict";

// An archive or a table goes straight to the API, which keeps it off the disk; the view shows what becomes of it.
const bar = document.getElementById("bar");
const choose = document.getElementById("choose");
const stop = document.getElementById("stop");
let running = null;

function busy(isBusy) {
  choose.disabled = isBusy;
  bar.hidden = stop.hidden = !isBusy;
}

function ended(text, isBad) {
  running = null;
  busy(false);
  say(text, isBad);
}

function answered(request) {
  if (request.status === 202) {
    ended(words.begun);
    return;
  }
  let problem = {};
  try {
    problem = JSON.parse(request.responseText);
  } catch {
    // a proxy's own page
  }
  ended([problem.detail || words.away, problem.next_step].filter(Boolean).join(". "), true);
}

async function send(file) {
  busy(true);
  bar.value = 0;
  say(words.sending.replace("{name}", file.name));
  let session;
  try {
    session = await (await fetch("/api/v1/session", { cache: "no-store" })).json();
  } catch {
    ended(words.away, true);
    return;
  }
  const isTable = /\.csv$/i.test(file.name);
  const asked = new URLSearchParams({
    update: document.getElementById("update").checked,
    allow_look_alikes: document.getElementById("alike").checked,
  });
  running = new XMLHttpRequest();
  running.open("POST", `/api/v1/imports?${asked}`);
  running.setRequestHeader("Content-Type", isTable ? "text/csv" : "application/zip");
  running.setRequestHeader("X-CSRF-Token", session.csrf_token || "");
  running.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  running.addEventListener("load", () => answered(running));
  running.addEventListener("error", () => ended(words.away, true));
  running.addEventListener("abort", () => ended(words.stopped));
  running.send(file);
}

for (const id of ["about", "choose", "stop"]) word(id);
word("update-word", "update");
word("alike-word", "alike");
zone.setAttribute("aria-label", words.about || "");
takeFiles((files) => {
  if (!running && files.length) send(files[0]);
});
stop.addEventListener("click", () => running && running.abort());
