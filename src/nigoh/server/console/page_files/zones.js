// Zones and masks, drawn on the picture of a camera: by mouse, finger or keyboard.

import { Asking, Refused } from "/console/wall_asking.js";

const MOST_SHAPES = 32;
const MOST_CORNERS = 256;
const MOST_UNDONE = 100;
const STEP = 0.01;
const FINE_STEP = 0.002;
const SQUARE = [[0.35, 0.35], [0.65, 0.35], [0.65, 0.65], [0.35, 0.65]];
const STALE = 412;

const at = (id) => document.getElementById(id);
const limited = (value) => Math.min(1, Math.max(0, Math.round(value * 10000) / 10000));

function drawn(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

class Drawing {
  #words;
  #shapes = [];
  #past = [];
  #chosen = 0;
  #held = null;
  size = [1280, 720];
  picture = "";
  isChanged = false;

  constructor(words, changed) {
    this.#words = words;
    this.changed = changed;
    this.svg = at("drawing");
    this.svg.setAttribute("aria-label", words.picture);
    this.svg.addEventListener("pointerdown", (event) => this.#hold(event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) this.svg.addEventListener(kind, () => this.#letGo());
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.svg.addEventListener("focusin", (event) => this.#choose(event.target.dataset?.shape));
  }

  read({ zones, masks }) {
    this.#shapes = [
      ...zones.map((corners) => ({ kind: "zone", corners })),
      ...masks.map((corners) => ({ kind: "mask", corners })),
    ];
    this.#past = [];
    this.#chosen = 0;
    this.isChanged = false;
    this.draw();
  }

  get told() {
    const of = (kind) => this.#shapes.filter((each) => each.kind === kind).map((each) => each.corners);
    return { zones: of("zone"), masks: of("mask") };
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get hasChosen() {
    return this.#shapes.length > 0;
  }

  add(kind) {
    if (this.#shapes.filter((each) => each.kind === kind).length >= MOST_SHAPES) return false;
    this.#remember();
    // Beside those that are there, so that none lies under another.
    const shift = (this.#shapes.length % 5) * 0.05 - 0.1;
    this.#shapes.push({ kind, corners: SQUARE.map(([x, y]) => [limited(x + shift), limited(y + shift)]) });
    this.#chosen = this.#shapes.length - 1;
    this.draw();
    return true;
  }

  remove() {
    if (!this.hasChosen) return;
    this.#remember();
    this.#shapes.splice(this.#chosen, 1);
    this.#chosen = Math.max(0, this.#chosen - 1);
    this.draw();
  }

  undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.#shapes = JSON.parse(before);
    this.#chosen = Math.min(this.#chosen, Math.max(0, this.#shapes.length - 1));
    this.draw();
  }

  draw() {
    const [width, height] = this.size;
    const radius = Math.max(width, height) / 110;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = this.picture ? [drawn("image", { href: this.picture, width, height })] : [];
    const numbers = { zone: 0, mask: 0 };
    this.#shapes.forEach(({ kind, corners }, shape) => {
      const name = this.#words[kind].replace("{number}", ++numbers[kind]);
      const isChosen = shape === this.#chosen;
      const points = corners.map(([x, y]) => `${x * width},${y * height}`).join(" ");
      parts.push(drawn("polygon", { points, class: `shape ${kind}${isChosen ? " chosen" : ""}`, "data-shape": shape }));
      const label = drawn("text", { x: corners[0][0] * width + radius, y: corners[0][1] * height - radius, class: "name", "font-size": radius * 2 });
      label.textContent = name;
      parts.push(label);
      if (isChosen) {
        corners.forEach((corner, place) => {
          const next = corners[(place + 1) % corners.length];
          const [x, y] = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2];
          parts.push(drawn("circle", { cx: x * width, cy: y * height, r: radius * 0.8, class: "between", "data-shape": shape, "data-after": place }));
        });
      }
      corners.forEach(([x, y], place) => {
        const said = this.#words.corner.replace("{number}", place + 1).replace("{count}", corners.length);
        parts.push(drawn("circle", {
          cx: x * width, cy: y * height, r: isChosen ? radius * 1.3 : radius * 0.6, class: "corner", tabindex: 0, role: "button",
          "aria-label": `${name}, ${said}`, "data-shape": shape, "data-corner": place,
        }));
      });
    });
    const focused = document.activeElement?.dataset ?? {};
    this.svg.replaceChildren(...parts);
    if (focused.corner !== undefined) this.focus(Number(focused.shape), Number(focused.corner));
    this.changed();
  }

  focus(shape, corner) {
    this.svg.querySelector(`[data-shape="${shape}"][data-corner="${corner}"]`)?.focus();
  }

  #choose(shape) {
    if (shape === undefined || Number(shape) === this.#chosen) return;
    this.#chosen = Number(shape);
    this.draw();
  }

  #remember() {
    this.#past.push(JSON.stringify(this.#shapes));
    if (this.#past.length > MOST_UNDONE) this.#past.shift();
    this.isChanged = true;
  }

  #point(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [place.x / this.size[0], place.y / this.size[1]];
  }

  #hold(event) {
    const { shape, corner, after } = event.target.dataset ?? {};
    if (shape === undefined || this.#held) return;
    event.preventDefault();
    this.#chosen = Number(shape);
    const corners = this.#shapes[this.#chosen].corners;
    if (after !== undefined && corners.length >= MOST_CORNERS) return;
    this.#remember();
    if (after !== undefined) corners.splice(Number(after) + 1, 0, this.#point(event).map(limited));
    const held = after !== undefined ? Number(after) + 1 : corner === undefined ? null : Number(corner);
    this.#held = { corner: held, from: this.#point(event), corners: structuredClone(corners), isMoved: after !== undefined };
    this.svg.setPointerCapture(event.pointerId);
    this.draw();
    if (held !== null) this.focus(this.#chosen, held);
  }

  #move(event) {
    if (!this.#held) return;
    const [x, y] = this.#point(event);
    const shape = this.#shapes[this.#chosen];
    this.#held.isMoved = true;
    if (this.#held.corner !== null) {
      shape.corners[this.#held.corner] = [limited(x), limited(y)];
    } else {
      const { from, corners } = this.#held;
      shape.corners = shifted(corners, x - from[0], y - from[1]);
    }
    this.draw();
  }

  #letGo() {
    if (!this.#held) return;
    // A click that moved nothing has changed nothing.
    if (!this.#held.isMoved) this.#past.pop();
    this.#held = null;
    this.draw();
  }

  #key(event) {
    const { shape, corner } = event.target.dataset ?? {};
    if (corner === undefined) return;
    const corners = this.#shapes[Number(shape)].corners;
    const place = Number(corner);
    const step = event.shiftKey ? FINE_STEP : STEP;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (way) {
      this.#remember();
      corners[place] = [limited(corners[place][0] + way[0]), limited(corners[place][1] + way[1])];
    } else if (event.key === "Insert" && corners.length < MOST_CORNERS) {
      this.#remember();
      const next = corners[(place + 1) % corners.length];
      corners.splice(place + 1, 0, [limited((corners[place][0] + next[0]) / 2), limited((corners[place][1] + next[1]) / 2)]);
    } else if (event.key === "Delete" && corners.length > 3) {
      this.#remember();
      corners.splice(place, 1);
    } else return;
    event.preventDefault();
    this.draw();
    this.focus(Number(shape), Math.min(place, corners.length - 1));
  }
}

/** The same polygon elsewhere, as far as it stays in the picture. */
function shifted(corners, x, y) {
  const bound = (values, by) => Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by));
  const dx = bound(corners.map((each) => each[0]), x);
  const dy = bound(corners.map((each) => each[1]), y);
  return corners.map((each) => [limited(each[0] + dx), limited(each[1] + dy)]);
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  document.documentElement.dataset.theme = asked.get("theme") ?? "";
  const language = asked.get("lang") ?? "";
  const words = await (await fetch(`/console/words/zones.json?lang=${encodeURIComponent(language)}`)).json();
  document.documentElement.lang = words.language;
  const path = `/cameras/${encodeURIComponent(asked.get("camera") ?? "")}`;
  const asking = new Asking("");
  let drawing = null;
  drawing = new Drawing(words, () => {
    at("undo").disabled = !drawing?.canUndo;
    at("remove").disabled = !drawing?.hasChosen;
    at("save").disabled = !drawing?.isChanged;
    if (drawing?.isChanged) say(words.changed);
  });
  let etag = "";

  function say(text) {
    at("said").textContent = text;
  }

  async function read() {
    const found = await asking.versioned(path);
    etag = found.etag;
    drawing.read(found.value);
    if (found.value.status?.width_px) drawing.size = [found.value.status.width_px, found.value.status.height_px];
    drawing.draw();
  }

  async function look() {
    try {
      const answer = await fetch(`/api/v1${path}/picture?long_side_px=1280`, { cache: "no-store" });
      if (!answer.ok) throw new Error();
      const picture = await answer.blob();
      const { width, height } = await createImageBitmap(picture);
      if (drawing.picture) URL.revokeObjectURL(drawing.picture);
      drawing.picture = URL.createObjectURL(picture);
      drawing.size = [width, height];
      drawing.draw();
    } catch {
      say(words.no_picture);
    }
  }

  async function save() {
    at("save").disabled = true;
    try {
      await asking.change("PATCH", path, drawing.told, etag);
      await read();
      say(words.saved);
    } catch (error) {
      at("save").disabled = false;
      if (!(error instanceof Refused)) say(words.away);
      else say(error.status === STALE ? words.stale : error.message);
    }
  }

  const buttons = {
    "add-zone": [words.add_zone, () => drawing.add("zone") || say(words.too_many)],
    "add-mask": [words.add_mask, () => drawing.add("mask") || say(words.too_many)],
    remove: [words.remove, () => drawing.remove()],
    undo: [words.undo, () => drawing.undo()],
    renew: [words.renew, look],
    save: [words.save, save],
  };
  for (const [id, [text, act]] of Object.entries(buttons)) {
    at(id).textContent = text;
    at(id).addEventListener("click", act);
  }
  at("help").textContent = words.help;
  window.nigohZones = drawing;
  try {
    await read();
  } catch (error) {
    return say(error instanceof Refused ? error.message : words.away);
  }
  // What was drawn before it is known what is there would be lost.
  document.querySelector("header").inert = false;
  await look();
}

begin();
