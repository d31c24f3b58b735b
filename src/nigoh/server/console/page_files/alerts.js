"use strict";

// Sounds and notifications, whatever view is shown: this script stands in the page itself, follows the events, and
// asks the API who was seen. What is heard of which list stands in the operator's preferences; see ui/sounds_view.py.
(() => {
  const PREFERENCES_MS = 15000;
  const PERSON_MS = 60000;
  const AGAIN_MS = 30000;
  const BETWEEN_MS = 1500;
  const MOST_KEPT = 500;
  const FIRST_WAIT_MS = 1000;
  const LONGEST_WAIT_MS = 30000;
  const NOTIFY = "notify.";

  let preferences = null;
  let words = {};
  let after = null;
  let wait_ms = FIRST_WAIT_MS;
  let last_ms = 0;
  const people = new Map();
  const told = new Map();

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function get(path) {
    const answer = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  function keep(map, key, value) {
    map.delete(key);
    map.set(key, value);
    if (map.size > MOST_KEPT) map.delete(map.keys().next().value);
  }

  async function liked() {
    if (!preferences || Date.now() - preferences.at_ms > PREFERENCES_MS) {
      const found = await get("/api/v1/me/preferences");
      if (found.language !== preferences?.language) words = await get(`/console/words/alerts.json?lang=${found.language}`);
      preferences = { ...found, at_ms: Date.now() };
    }
    return preferences;
  }

  const isWanted = ({ sounds, other }) =>
    Object.values(sounds).some((each) => each.name) || Object.entries(other).some(([key, is]) => key.startsWith(NOTIFY) && is);

  async function person(id) {
    const known = people.get(id);
    if (known && Date.now() - known.at_ms < PERSON_MS) return known;
    let found = { name: "", lists: [] };
    try {
      found = await get(`/api/v1/people/${encodeURIComponent(id)}`);
    } catch {
      // They may not be read, or are gone: what holds for everybody of their kind is done.
    }
    keep(people, id, { name: found.name, lists: found.lists, at_ms: Date.now() });
    return people.get(id);
  }

  // What a sighting is an occasion for: the lists of whoever was seen, or else their kind.
  async function occasions(body) {
    if (!body.person) return { keys: ["unknown"], name: words.unknown };
    const seen = await person(body.person);
    return { keys: [...seen.lists, body.status], name: seen.name || words[body.status] || "" };
  }

  async function tell(event) {
    const { kind, body } = event;
    const isNamed = body.status === "wanted" || body.status === "known";
    const isNews = isNamed ? kind !== "sighting.verdict" : body.status === "unknown" && kind === "sighting.left";
    if (!kind.startsWith("sighting.") || !isNews) return;
    const mark = isNamed ? `${body.id} ${body.person}` : body.id;
    const again = `${body.person || ""} ${body.camera}`;
    if (told.has(mark) || Date.now() - (told.get(again) || 0) < AGAIN_MS) return;
    keep(told, mark, Date.now());
    if (body.person) keep(told, again, Date.now());
    const { sounds, other } = await liked();
    const { keys, name } = await occasions(body);
    const heard = keys.map((key) => sounds[key]).filter((each) => each?.name).sort((a, b) => b.volume - a.volume)[0];
    if (heard && Date.now() - last_ms > BETWEEN_MS) {
      last_ms = Date.now();
      await nigohSounds.play(heard.name, heard.volume);
    }
    if (keys.some((key) => other[NOTIFY + key])) show(event, name);
  }

  function show({ body, camera }, name) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const clock = new Date(body.first_at).toLocaleTimeString();
    const shown = new Notification(name, { body: `${camera} · ${clock}`, tag: body.person || body.id });
    shown.onclick = () => {
      window.focus();
      location.assign(`/events/${encodeURIComponent(body.id)}`);
    };
  }

  function follow() {
    return new Promise((ended) => {
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(`${scheme}//${location.host}/api/v1/events${after === null ? "" : `?after=${after}`}`);
      let telling = Promise.resolve();
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        wait_ms = FIRST_WAIT_MS;
        after = message.number ?? message.hello?.after ?? message.heartbeat?.after ?? after;
        if (message.number) telling = telling.then(() => tell(message)).catch(() => {});
      };
      socket.onclose = ended;
      // Somebody who wants to hear nothing any more needs no connection.
      const looking = setInterval(async () => {
        try {
          if (!isWanted(await liked())) socket.close();
        } catch {
          // The server is away; the connection ends by itself.
        }
      }, PREFERENCES_MS);
      socket.addEventListener("close", () => clearInterval(looking));
    });
  }

  async function go() {
    for (;;) {
      try {
        if (isWanted(await liked())) await follow();
        else {
          after = null;
          await pause(PREFERENCES_MS);
        }
      } catch {
        // Nobody is logged in, or the server is away: it is tried again, ever more seldom.
      }
      await pause(wait_ms);
      wait_ms = Math.min(wait_ms * 2, LONGEST_WAIT_MS);
    }
  }

  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => preferences && isWanted(preferences) && nigohSounds.wake(), { capture: true });
  }
  // Of several tabs one is heard. Without HTTPS browsers have no locks: then each is.
  if (navigator.locks) navigator.locks.request("nigoh-alerts", go);
  else go();
})();
