// One tile of a wall: a canvas, the name and state of its camera, and what can be done with it.

const FLASH_MS = { wanted: 12000, alert: 12000, known: 2500, unknown: 1500, ambiguous: 1500 };

function made(name, kind, text = "") {
  const element = document.createElement(name);
  element.className = kind;
  element.textContent = text;
  return element;
}

function tool(kind, label, sign, act) {
  const button = made("button", `tool ${kind}`, sign);
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return button;
}

/** Shows the pictures of one camera, the newest alone: those that come while one is decoded pass by. */
export class Tile {
  #words;
  #canvas = document.createElement("canvas");
  #context;
  #decoding = false;
  #next = null;
  #flashing = 0;
  #generation = 0;
  #pending = 0;
  camera = null;
  drawn = 0;
  skipped = 0;
  failed = 0;
  taken_s = 0;
  isVisible = false;

  /** @param acts alone(tile), remove(tile), go(path): what its buttons do. */
  constructor(number, words, acts) {
    this.number = number;
    this.#words = words;
    const element = (this.element = made("article", "tile"));
    element.tabIndex = 0;
    element.dataset.number = number;
    this.#context = this.#canvas.getContext("bitmaprenderer");
    this.name = made("span", "name");
    this.dot = made("span", "dot");
    this.coverage = made("span", "coverage");
    this.why = made("p", "why");
    const label = made("header", "label");
    label.append(this.dot, this.name, this.coverage);
    const tools = made("div", "tools");
    tools.append(
      tool("events", words.events, "☰", () => acts.go(`/events?camera=${encodeURIComponent(this.camera)}`)),
      tool("camera", words.camera, "⚙", () => acts.go(`/cameras/${encodeURIComponent(this.camera)}`)),
      tool("alone", words.alone, "□", () => acts.alone(this)),
      tool("remove", words.remove, "✕", () => acts.remove(this)),
    );
    element.append(this.#canvas, this.why, label, tools);
    this.show(null);
  }

  get isEmpty() {
    return this.camera === null;
  }

  show(camera) {
    if (camera === this.camera && this.element.classList.contains("ready")) return;
    this.camera = camera;
    this.#generation += 1;
    this.#next = null;
    this.#context.transferFromImageBitmap(null);
    this.name.textContent = camera ?? "";
    this.element.className = `tile ready${camera === null ? " empty" : " waiting"}`;
    this.tell(null);
    if (camera === null) this.why.textContent = this.#words.empty;
  }

  /** How the camera is: state, reason and coverage; null: it is not known. */
  tell(status) {
    const state = status?.state ?? "";
    this.element.dataset.state = state;
    const said = this.#words.states[state] ?? "";
    this.dot.title = said;
    this.coverage.textContent = status?.coverage === undefined ? "" : `${Math.round(status.coverage * 100)} %`;
    this.coverage.title = this.#words.coverage;
    const isWell = state === "watching" || state === "";
    if (this.camera !== null) {
      this.why.textContent = isWell ? "" : [said, status.reason].filter(Boolean).join(": ");
      this.element.setAttribute("aria-label", [this.camera, said].filter(Boolean).join(", "));
    } else {
      this.element.setAttribute("aria-label", this.#words.empty);
    }
  }

  refused(detail) {
    this.element.dataset.state = "lost";
    this.why.textContent = detail;
  }

  /** Pictures of what was asked for before are on their way until the server says that it shows this. */
  asked() {
    this.#pending += 1;
  }

  answered() {
    this.#pending = Math.max(0, this.#pending - 1);
  }

  /** The line was lost: nobody answers what was asked on it. */
  forgotten() {
    this.#pending = 0;
  }

  flash(kind) {
    const lasting_ms = FLASH_MS[kind] ?? FLASH_MS.unknown;
    clearTimeout(this.#flashing);
    this.element.dataset.flash = kind;
    this.#flashing = setTimeout(() => delete this.element.dataset.flash, lasting_ms);
  }

  put(jpeg, taken_s) {
    if (this.#pending) return;
    if (this.#next) this.skipped += 1;
    this.#next = { jpeg, taken_s };
    if (!this.#decoding) this.#draw();
  }

  async #draw() {
    this.#decoding = true;
    while (this.#next) {
      const { jpeg, taken_s } = this.#next;
      const mine = this.#generation;
      this.#next = null;
      try {
        const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
        if (mine !== this.#generation) {
          bitmap.close();
          continue;
        }
        this.#context.transferFromImageBitmap(bitmap);
        this.element.classList.remove("waiting");
        this.taken_s = taken_s;
        this.drawn += 1;
      } catch {
        this.failed += 1;
      }
    }
    this.#decoding = false;
  }
}
