// The wall of live pictures: tiles, one WebSocket for all of them, one for what happens.

import { Asking, Line, Refused } from "/console/wall_asking.js";
import { makeBar } from "/console/wall_bar.js";
import { makeDraggable } from "/console/wall_drag.js";
import { Layouts } from "/console/wall_layouts.js";
import { FRESH_PACE, LEVELS, exchanged, nextPace, onPage, pagesOf, placed, sideFor, tilesFor } from "/console/wall_pace.js";
import { Tile } from "/console/wall_tile.js";

const HEADER_BYTES = 12;
const LOOK_MS = 2000;
const STATES_MS = 4000;
const SILENCE_MS = 20000;
const EVENTS_SILENCE_MS = 40000;
const NARROW_PX = 600;
const REMEMBERED = "nigoh-wall-layout";

class Wall {
  #asking;
  #tiles = [];
  #states = new Map();
  #pace = FRESH_PACE;
  #freshest_s = Infinity;
  #late_s = 0;
  #looked_ms = performance.now();
  #counted = { drawn: 0, skipped: 0 };
  #event = null;
  #alone = null;
  #chosen = null;
  #tourTimer = 0;
  cameras = [];
  layout = { name: "", tiles: 4, cameras: [], tour_s: 0 };
  page = 0;
  isChanged = false;

  constructor(asking, words, told) {
    this.#asking = asking;
    this.words = words;
    this.told = told;
    this.element = document.getElementById("wall");
    this.live = new Line(asking, () => "/live", {
      opened: () => this.#askAll(),
      message: (data) => this.#hear(data),
      lost: (status) => this.#lose(status),
    });
    this.events = new Line(asking, () => (this.#event === null ? "/events" : `/events?after=${this.#event}`), {
      opened: () => {},
      message: (data) => this.#happen(JSON.parse(data)),
      // Whoever may not be told of what happens sees no flashes, and nothing else is amiss.
      lost: (status) => status === 403 && this.events.stop(),
    });
    this.visible = new IntersectionObserver((entries) => {
      for (const entry of entries) entry.target.tile.isVisible = entry.isIntersecting;
      this.#askAll();
    });
    this.sizes = new ResizeObserver(() => this.#askAll());
    this.#listen();
  }

  start() {
    if (!document.hidden) this.live.start();
    this.#follow();
    this.#readStates();
    setInterval(() => this.#look(), LOOK_MS);
    setInterval(() => document.hidden || this.#readStates(), STATES_MS);
  }

  /** Show a layout from its first page on. */
  show(layout, isChanged = false) {
    this.layout = { ...layout };
    this.isChanged = isChanged;
    this.page = Math.min(this.page, this.pages - 1);
    this.#draw();
    this.#tour();
  }

  get pages() {
    return pagesOf(this.layout.cameras, this.layout.tiles);
  }

  turn(step) {
    this.page = (this.page + step + this.pages) % this.pages;
    this.#draw();
    this.#tour();
  }

  /** Put a camera into the chosen tile, or the first empty one, or the first. */
  add(camera) {
    const empty = this.#tiles.findIndex((tile) => tile.isEmpty);
    const place = this.#chosen?.number ?? (empty >= 0 ? empty : 0);
    this.#edit(placed(this.layout.cameras, this.page * this.layout.tiles + place, camera));
    this.#choose(null);
  }

  get shown() {
    return new Set(this.layout.cameras.filter((each) => each !== null));
  }

  /** What was drawn since the page began, a row a tile: for whoever measures. */
  measured() {
    return {
      level: this.#pace.level, late_s: this.#late_s,
      tiles: this.#tiles.map(({ camera, drawn, skipped, failed, taken_s }) => ({ camera, drawn, skipped, failed, taken_s })),
    };
  }

  alone(tile) {
    const wanted = this.#alone === tile ? null : tile;
    this.#alone?.element.classList.remove("alone");
    this.#alone = wanted;
    wanted?.element.classList.add("alone");
    document.body.classList.toggle("is-alone", wanted !== null);
    wanted?.element.focus();
  }

  #edit(cameras) {
    this.show({ ...this.layout, cameras }, true);
    this.told.changed();
  }

  #draw() {
    const { tiles, cameras } = this.layout;
    if (this.#tiles.length !== tiles) this.#build(tiles);
    onPage(cameras, tiles, this.page).forEach((camera, place) => {
      const tile = this.#tiles[place];
      if (tile.camera !== camera) {
        this.#hide(tile);
        tile.show(camera);
        tile.tell(this.#states.get(camera));
      }
    });
    this.#askAll();
    this.told.drawn();
  }

  #build(count) {
    this.alone(null);
    for (const tile of this.#tiles) {
      this.#hide(tile);
      this.visible.unobserve(tile.element);
      this.sizes.unobserve(tile.element);
    }
    const acts = {
      alone: (tile) => this.alone(tile),
      remove: (tile) => this.#edit(this.layout.cameras.map((each, place) => (place === this.#place(tile) ? null : each))),
      go: this.told.go,
    };
    this.#tiles = Array.from({ length: count }, (_, number) => new Tile(number, this.words, acts));
    this.element.style.setProperty("--side", Math.sqrt(count));
    this.element.replaceChildren(...this.#tiles.map((tile) => tile.element));
    for (const tile of this.#tiles) {
      tile.element.tile = tile;
      this.visible.observe(tile.element);
      this.sizes.observe(tile.element);
    }
  }

  #place(tile) {
    return this.page * this.layout.tiles + tile.number;
  }

  #choose(tile) {
    this.#chosen?.element.classList.remove("chosen");
    this.#chosen = this.#chosen === tile ? null : tile;
    this.#chosen?.element.classList.add("chosen");
  }

  // ---- what is asked for: the visible tiles' cameras, as large as they are drawn, as the pace allows ----

  #askAll() {
    for (const tile of this.#tiles) this.#ask(tile);
  }

  #ask(tile) {
    if (tile.camera === null || !tile.isVisible || document.hidden) return this.#hide(tile);
    const { width, height } = tile.element.getBoundingClientRect();
    const { fps, quality } = LEVELS[this.#pace.level];
    const side = sideFor(width, height, devicePixelRatio || 1, this.#pace.level);
    const wanted = `${tile.camera} ${side} ${fps} ${quality}`;
    if (tile.wanted === wanted || !this.live.isOpen) return;
    tile.wanted = wanted;
    tile.asked();
    this.live.send({ op: "subscribe", tile: tile.number, camera: tile.camera, long_side_px: side, fps, quality });
  }

  #hide(tile) {
    if (!tile.wanted) return;
    tile.wanted = "";
    tile.asked();
    this.live.send({ op: "unsubscribe", tile: tile.number });
  }

  #hear(data) {
    if (typeof data === "string") return this.#obey(JSON.parse(data));
    const head = new DataView(data, 0, HEADER_BYTES);
    const taken_s = head.getFloat64(4);
    const behind_s = Date.now() / 1000 - taken_s;
    this.#freshest_s = Math.min(this.#freshest_s, behind_s);
    this.#late_s = Math.max(this.#late_s * 0.9, behind_s - this.#freshest_s);
    this.#tiles[head.getUint16(2)]?.put(new Uint8Array(data, HEADER_BYTES), taken_s);
  }

  #obey(said) {
    const tile = this.#tiles[said.tile];
    if (!tile) return;
    tile.answered();
    if (said.op === "refused") tile.refused(said.detail);
  }

  #lose(status) {
    for (const tile of this.#tiles) {
      tile.wanted = "";
      tile.forgotten();
    }
    this.told.lost(status);
  }

  // ---- how it goes ----

  #look() {
    const now_ms = performance.now();
    const asleep_s = (now_ms - this.#looked_ms - LOOK_MS) / 1000;
    this.#looked_ms = now_ms;
    if (document.hidden) return;
    const sum = (name) => this.#tiles.reduce((all, tile) => all + tile[name], 0);
    const now = { drawn: sum("drawn"), skipped: sum("skipped") };
    const seen = {
      drawn: Math.max(0, now.drawn - this.#counted.drawn), skipped: Math.max(0, now.skipped - this.#counted.skipped),
      late_s: Math.max(this.#late_s, asleep_s),
    };
    this.#counted = now;
    this.#late_s *= 0.5;
    // Clocks drift apart: what was freshest long ago says nothing any more.
    this.#freshest_s += 0.002;
    const next = nextPace(this.#pace, seen);
    const isOther = next.level !== this.#pace.level;
    this.#pace = next;
    if (isOther) this.#askAll();
    const shown = this.#tiles.filter((tile) => tile.wanted).length;
    this.told.measured(shown ? (seen.drawn / shown) * (1000 / LOOK_MS) : 0, next.level);
    const isWatching = this.#tiles.some((tile) => tile.wanted && this.#states.get(tile.camera)?.state === "watching");
    if (this.live.isOpen && isWatching && now_ms - this.live.heard_ms > SILENCE_MS) this.live.again();
    if (this.events.isOpen && now_ms - this.events.heard_ms > EVENTS_SILENCE_MS) this.events.again();
  }

  async #readStates() {
    try {
      const found = await readCameras(this.#asking);
      if (!found) return;
      this.#states = new Map(found.map((each) => [each.camera, each]));
      this.cameras = [...this.#states.keys()].sort((one, other) => one.localeCompare(other));
      for (const tile of this.#tiles) tile.tell(this.#states.get(tile.camera));
      this.told.cameras(this.#states);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.told.lost(401);
    }
  }

  async #follow() {
    try {
      // A browser is not told why a WebSocket is refused: whether it would be is asked before.
      await this.#asking.get(`/events?limit=1&after=${Number.MAX_SAFE_INTEGER}`);
    } catch (error) {
      if (error instanceof Refused && error.status === 403) return;
    }
    this.events.start();
  }

  #happen(said) {
    this.#event = (said.hello ?? said.heartbeat)?.after ?? said.number;
    if (!said.kind) return;
    if (said.kind.startsWith("camera.")) this.#readStates();
    const isSeen = ["sighting.appeared", "sighting.changed"].includes(said.kind) || said.kind === "alert.raised";
    if (!isSeen) return;
    const kind = said.kind === "alert.raised" ? "alert" : said.body.status;
    for (const tile of this.#tiles) if (tile.camera === said.camera) tile.flash(kind);
  }

  #tour() {
    clearInterval(this.#tourTimer);
    if (this.layout.tour_s > 0 && this.pages > 1) {
      this.#tourTimer = setInterval(() => {
        if (!this.#alone && !document.hidden) this.turn(1);
      }, this.layout.tour_s * 1000);
    }
  }

  #listen() {
    document.addEventListener("visibilitychange", () => {
      // A page that nobody looks at gets no pictures and decodes none.
      if (document.hidden) {
        for (const tile of this.#tiles) tile.wanted = "";
        this.live.stop();
        for (const tile of this.#tiles) tile.forgotten();
      } else {
        this.live.start();
      }
    });
    window.addEventListener("online", () => (this.live.again(), this.events.again()));
    const tileOf = (target) => target.closest(".tile")?.tile ?? null;
    this.element.addEventListener("dblclick", (event) => {
      const tile = tileOf(event.target);
      if (tile && !tile.isEmpty) this.alone(tile);
    });
    this.element.addEventListener("click", (event) => {
      const tile = tileOf(event.target);
      if (tile?.isEmpty) {
        this.#choose(tile);
        this.told.wantCamera();
      }
    });
    this.element.addEventListener("keydown", (event) => this.#key(event, tileOf(event.target)));
    const find = (target) => {
      const tile = tileOf(target);
      if (tile && !tile.isEmpty) return { label: tile.camera, element: tile.element, tile };
      const camera = target.closest("[data-camera]");
      return camera && { label: camera.dataset.camera, element: camera, camera: camera.dataset.camera };
    };
    makeDraggable(document.body, find, (thing, over) => {
      const place = this.#place(over.tile);
      const { cameras } = this.layout;
      this.#edit(thing.tile ? exchanged(cameras, this.#place(thing.tile), place) : placed(cameras, place, thing.camera));
    });
  }

  #key(event, tile) {
    if (!tile || event.target !== tile.element) return;
    const side = Math.sqrt(this.layout.tiles);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -side, ArrowDown: side }[event.key];
    const other = step && this.#tiles[tile.number + step];
    if (other) {
      if (event.ctrlKey || event.shiftKey) {
        this.#edit(exchanged(this.layout.cameras, this.#place(tile), this.#place(other)));
      }
      other.element.focus();
    } else if (event.key === "Enter" && !tile.isEmpty) {
      this.alone(tile);
    } else if (event.key === "Enter") {
      this.#choose(tile);
      this.told.wantCamera();
    } else if (event.key === "Escape" && this.#alone) {
      this.alone(null);
    } else if (event.key === "Delete" && !tile.isEmpty) {
      this.#edit(this.layout.cameras.map((each, place) => (place === this.#place(tile) ? null : each)));
    } else return;
    event.preventDefault();
  }
}

/** The cameras that are watched, with their states; null: a token that may not know. */
async function readCameras(asking) {
  try {
    return (await asking.get("/system")).cameras;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error;
  }
  try {
    const found = await asking.get("/cameras?limit=1000&enabled=true");
    return found.items.map((each) => ({ camera: each.name, state: "", ...each.status }));
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error;
    return null;
  }
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  const secret = new URLSearchParams(location.hash.slice(1));
  // The token leaves the address at once: it is in no history, on no screen, and sent to nobody.
  history.replaceState(null, "", location.pathname + location.search);
  const isInside = asked.has("inside");
  document.documentElement.dataset.theme = asked.get("theme") ?? "";
  const asking = new Asking(secret.get("token") ?? "");
  const layouts = new Layouts(asking);
  let language = asked.get("lang") ?? "";
  try {
    const preferences = await asking.get("/me/preferences");
    layouts.all = preferences.layouts;
    language ||= preferences.language;
  } catch (error) {
    if (error instanceof Refused && error.status === 401 && !asking.hasToken) return logIn(isInside);
  }
  const words = await (await fetch(`/console/words/wall.json?lang=${encodeURIComponent(language)}`)).json();
  document.documentElement.lang = words.language;
  let wall;
  const bar = makeBar({ words, layouts, asking, isInside, wall: () => wall, remembered: REMEMBERED });
  wall = new Wall(asking, words, {
    ...bar.told,
    go: (path) => go(path, isInside),
    lost: (status) => (status === 401 && !asking.hasToken ? logIn(isInside) : bar.lost(status)),
  });
  window.nigohWall = wall;
  bar.begin(await firstLayout({ asking, layouts, secret, asked }));
  wall.start();
}

async function firstLayout({ asking, layouts, secret, asked }) {
  const wanted = (name) => secret.get(name) ?? asked.get(name);
  const kept = layouts.find(wanted("layout") ?? localStorage.getItem(REMEMBERED));
  if (kept && !wanted("cameras")) return kept;
  const named = (wanted("cameras") ?? "").split(",").filter(Boolean);
  const cameras = named.length ? named : await allCameras(asking);
  const tiles = Number(wanted("tiles")) || Math.min(tilesFor(cameras.length), innerWidth < NARROW_PX ? 4 : 16);
  return { name: "", tiles: [1, 4, 9, 16, 25, 36].includes(tiles) ? tiles : 16, cameras, tour_s: Number(wanted("tour")) || 20 };
}

async function allCameras(asking) {
  try {
    const found = (await readCameras(asking)) ?? [];
    return found.map((each) => each.camera).sort((one, other) => one.localeCompare(other));
  } catch {
    return [];
  }
}

function go(path, isInside) {
  if (!isInside) return window.open(path, "nigoh");
  // The console around this page follows its own address.
  window.top.history.pushState(null, "", path);
  window.top.dispatchEvent(new PopStateEvent("popstate", { state: null }));
}

function logIn(isInside) {
  const page = isInside ? window.top : window;
  page.location.replace(`/login?next=${encodeURIComponent(page.location.pathname + page.location.search)}`);
}

begin();
