"use strict";

const form = document.getElementById("form");
const said = document.getElementById("said");
const token = new URLSearchParams(location.hash.slice(1)).get("token") || "";
// Neither the history nor whoever looks over the shoulder needs it any more.
history.replaceState(null, "", location.pathname + location.search);

function say(text, bad) {
  said.textContent = text;
  said.className = bad ? "bad" : "";
}

// The new account speaks the language of the page.
let language = "en";
for (const link of document.querySelectorAll("nav a")) {
  if (link.lang.toLowerCase() === document.documentElement.lang.toLowerCase().replace("uz-latn", "uz")) {
    language = link.dataset.account;
    link.setAttribute("aria-current", "true");
  }
  // The token goes along behind the #, which no server is told.
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.href = `${location.pathname}${link.getAttribute("href")}${token ? `#token=${token}` : ""}`;
  });
}

if (!token) {
  form.hidden = true;
  say(said.dataset.whole, true);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.password.value !== document.getElementById("again").value) {
    say(said.dataset.differ, true);
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say("…");
  try {
    const answer = await fetch("/api/v1/setup", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, name: form.name.value, password: form.password.value, language }),
    });
    const told = await answer.json();
    if (answer.ok) {
      form.hidden = true;
      say(said.dataset.made.replace("NAME", () => told.name));
      document.getElementById("on").hidden = false;
      document.querySelector("#on a").focus();
    } else {
      say([told.detail, told.next_step].filter(Boolean).join(". "), true);
    }
  } catch {
    say(said.dataset.away, true);
  } finally {
    button.disabled = false;
  }
});
