"use strict";

// Flet tries again and again when its WebSocket ends. Whoever was logged out, or whose session ended while the server
// was away, would look at a page that does nothing: they are led to the login, and back here afterwards.
(() => {
  const Plain = window.WebSocket;
  let asking = false;

  async function look() {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch("/api/v1/session", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) {
        location.replace("/login?next=" + encodeURIComponent(location.pathname + location.search));
      }
    } catch {
      // The server is away: Flet tries again by itself.
    } finally {
      asking = false;
    }
  }

  class Watched extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("close", () => setTimeout(look, 300));
    }
  }
  window.WebSocket = Watched;
})();
