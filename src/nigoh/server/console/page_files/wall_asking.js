// How a wall asks the server: by the cookie of whoever is logged in, or by a token that stays in this page's memory.

import { waitFor } from "/console/wall_pace.js";

const API = "/api/v1";

export class Refused extends Error {
  constructor(status, told) {
    super([told.detail, told.next_step].filter(Boolean).join(". ") || `HTTP ${status}`);
    this.status = status;
  }
}

/** Asks the API. */
export class Asking {
  #token;
  #csrf = "";

  constructor(token) {
    this.#token = token;
  }

  get hasToken() {
    return this.#token !== "";
  }

  async get(path) {
    return (await this.#send("GET", path)).json();
  }

  /** What is there and its version. */
  async versioned(path) {
    const answer = await this.#send("GET", path);
    return { value: await answer.json(), etag: answer.headers.get("ETag") || "" };
  }

  put(path, body, etag) {
    return this.change("PUT", path, body, etag);
  }

  /** Change something as the user who is logged in; `etag`: only if it is still as it was read. */
  async change(method, path, body, etag) {
    if (!this.#csrf) this.#csrf = (await this.get("/session")).csrf_token;
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": this.#csrf };
    if (etag) headers["If-Match"] = etag;
    return (await this.#send(method, path, headers, JSON.stringify(body))).json();
  }

  /** A WebSocket. With a token: by a ticket, as a browser sends no header with it. */
  async open(path) {
    const address = new URL(API + path, location.href.replace(/^http/, "ws"));
    if (this.hasToken) {
      const made = await (await this.#send("POST", "/live/tickets")).json();
      address.searchParams.set("ticket", made.ticket);
    }
    address.hash = "";
    return new WebSocket(address);
  }

  async #send(method, path, headers = {}, body = undefined) {
    if (this.hasToken) headers.Authorization = `Bearer ${this.#token}`;
    const credentials = this.hasToken ? "omit" : "same-origin";
    const answer = await fetch(API + path, { method, headers, body, credentials, cache: "no-store" });
    if (answer.ok) return answer;
    throw new Refused(answer.status, await answer.json().catch(() => ({})));
  }
}

/** A WebSocket that comes back by itself, with pauses that grow while it does not work. */
export class Line {
  #asking;
  #path;
  #told;
  #socket = null;
  #timer = 0;
  #tries = 0;
  #wanted = false;
  #opening = 0;
  heard_ms = 0;

  /** @param path a function, as where to go on from changes.
   * @param told opened(), message(data), lost(refusal or null): the server said so. */
  constructor(asking, path, told) {
    this.#asking = asking;
    this.#path = path;
    this.#told = told;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  start() {
    this.#wanted = true;
    if (!this.#socket && !this.#timer) this.#open();
  }

  stop() {
    this.#wanted = false;
    this.#opening += 1;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#drop();
  }

  /** Begin anew at once: the network is back, or nothing is heard any more. */
  again() {
    if (!this.#wanted) return;
    this.stop();
    this.start();
  }

  send(order) {
    if (this.isOpen) this.#socket.send(JSON.stringify(order));
  }

  async #open() {
    const mine = ++this.#opening;
    let socket;
    try {
      socket = await this.#asking.open(this.#path());
    } catch (error) {
      if (mine === this.#opening) this.#lost(error instanceof Refused ? error.status : 0);
      return;
    }
    if (mine !== this.#opening) return socket.close();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.heard_ms = performance.now();
      this.#told.opened();
    };
    socket.onmessage = (event) => {
      this.#tries = 0;
      this.heard_ms = performance.now();
      this.#told.message(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#lost({ 4401: 401, 4403: 403 }[event.code] || 0);
    };
  }

  #lost(status) {
    this.#told.lost(status);
    if (!this.#wanted) return;
    const wait_s = waitFor(this.#tries++, Math.random());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#open();
    }, wait_s * 1000);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    }
  }
}
