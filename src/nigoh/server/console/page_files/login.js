"use strict";

const form = document.getElementById("form");
const said = document.getElementById("said");
const asked = new URLSearchParams(location.search);

// Only places of this server: nobody is led elsewhere by a link that somebody sends.
function next() {
  const wanted = asked.get("next") || "/";
  return /^\/(?![/\\])/.test(wanted) ? wanted : "/";
}

function say(text, bad) {
  said.textContent = text;
  said.className = bad ? "bad" : "";
}

for (const link of document.querySelectorAll("nav a")) {
  const query = new URLSearchParams(link.search);
  query.set("next", next());
  link.search = query.toString();
}

async function ways() {
  try {
    const told = await (await fetch("/api/v1/session/ways", { cache: "no-store" })).json();
    document.getElementById("elsewhere").hidden = !told.oidc;
    if (told.needs_setup) say(said.dataset.setup, true);
  } catch {
    say(said.dataset.away, true);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = document.getElementById("go");
  button.disabled = true;
  say("…");
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: form.name.value, password: form.password.value, code: form.code.value }),
    });
    if (answer.ok) {
      location.replace(next());
      return;
    }
    const told = await answer.json();
    if (String(told.type).endsWith("/second-factor")) {
      document.getElementById("factor").hidden = false;
      form.code.focus();
      say(said.dataset.factor);
    } else if (answer.status === 401) {
      say(said.dataset.wrong, true);
    } else {
      say([told.detail, told.next_step].filter(Boolean).join(". "), true);
    }
  } catch {
    say(said.dataset.away, true);
  } finally {
    button.disabled = false;
  }
});

ways();
