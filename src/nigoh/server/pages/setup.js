"use strict";

const form = document.getElementById("form");
const said = document.getElementById("said");
const token = new URLSearchParams(location.hash.slice(1)).get("token") || "";
// Neither the history nor whoever looks over the shoulder needs it any more.
history.replaceState(null, "", location.pathname);

function say(text, bad) {
  said.textContent = text;
  said.className = bad ? "bad" : "";
}

if (!token) {
  form.hidden = true;
  say("This page belongs to the link that nigoh prints when it starts. Open the whole link.", true);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.password.value !== document.getElementById("again").value) {
    say("The two passwords differ.", true);
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say("…");
  try {
    const answer = await fetch("/api/v1/setup", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, name: form.name.value, password: form.password.value }),
    });
    const told = await answer.json();
    if (answer.ok) {
      form.hidden = true;
      say(`${told.name} is administrator now and can log in.`);
    } else {
      say([told.detail, told.next_step].filter(Boolean).join(". "), true);
    }
  } catch {
    say("The server does not answer. Is nigoh still running?", true);
  } finally {
    button.disabled = false;
  }
});
