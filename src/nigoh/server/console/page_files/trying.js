"use strict";

// Sounds are tried out, and notifications allowed, where somebody clicks: browsers ask for that.
// The console hands all words over behind the #, which no browser sends to a server.
const handed = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}");
const words = handed.words || {};
const said = document.getElementById("said");
const allow = document.getElementById("allow");

document.documentElement.lang = handed.lang || "en";
document.documentElement.dataset.theme = handed.theme || "";
if (handed.seed) document.documentElement.style.setProperty("--seed", handed.seed);
document.getElementById("about").textContent = words.about || "";

for (const name of nigohSounds.names) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `▶ ${words[name] || name}`;
  button.addEventListener("click", async () => {
    said.textContent = (await nigohSounds.play(name, 0.8)) ? "" : words.silent || "";
  });
  document.getElementById("ways").append(button);
}

function show() {
  const state = "Notification" in window && isSecureContext ? Notification.permission : "missing";
  allow.hidden = state !== "default";
  allow.textContent = words.allow || "";
  said.textContent = words[state] || "";
}

allow.addEventListener("click", async () => {
  await Notification.requestPermission();
  show();
});
show();
