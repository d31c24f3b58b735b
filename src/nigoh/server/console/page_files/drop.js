"use strict";

// What both pages that take files have in common: words, looks, and a place to drop on.
// The console hands all of it over behind the #, which no browser sends to a server.
const told = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}");
const words = told.words || {};
const zone = document.getElementById("zone");
const said = document.getElementById("said");

document.documentElement.lang = told.lang || "en";
document.documentElement.dataset.theme = told.theme || "";
if (told.seed) document.documentElement.style.setProperty("--seed", told.seed);

function word(id, name) {
  document.getElementById(id).textContent = words[name || id] || "";
}

function say(text, isBad) {
  said.textContent = text;
  said.className = isBad ? "bad" : "";
}

function takeFiles(take) {
  const files = document.getElementById("files");
  document.getElementById("choose").addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    take([...files.files]);
    files.value = "";
  });
  // Whatever is dropped beside the zone would replace the page.
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragenter" || name === "dragover");
      if (name === "drop") take([...event.dataTransfer.files]);
    });
  }
  document.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length) take(pasted);
  });
}
