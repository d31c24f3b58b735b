// What stands above a wall and beside it: layouts, tiles, tour, pages, full screen, the list of cameras.

const COUNTS = [1, 4, 9, 16, 25, 36];
const TOURS_S = [0, 5, 10, 20, 30, 60, 120];
const FORBIDDEN = 403;

const at = (id) => document.getElementById(id);

/** Put words and handlers to the bar.
 * @param parts words, layouts, asking, isInside, wall(): the wall, remembered: where the last layout's name is kept.
 */
export function makeBar({ words, layouts, asking, isInside, wall, remembered }) {
  let states = new Map();
  let all = null;

  label();
  at("layouts").addEventListener("change", choose);
  at("tiles").addEventListener("change", () => edit({ tiles: Number(at("tiles").value) }));
  at("tour").addEventListener("change", () => edit({ tour_s: Number(at("tour").value) }));
  at("before").addEventListener("click", () => wall().turn(-1));
  at("after").addEventListener("click", () => wall().turn(1));
  at("save").addEventListener("click", () => keep(wall().layout.name));
  at("save-as").addEventListener("click", async () => {
    const name = await askName();
    if (name) await keep(name);
  });
  at("forget").addEventListener("click", forget);
  at("choose").addEventListener("click", () => openList(at("cameras").hidden));
  at("full").addEventListener("click", full);
  at("search").addEventListener("input", list);
  at("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") at("list").querySelector("button")?.click();
    if (event.key === "Escape") openList(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "f") full();
    else if (event.key === "/") openList(true);
    else if (event.key === "n") wall().turn(1);
    else if (event.key === "p") wall().turn(-1);
    else return;
    event.preventDefault();
  });

  function label() {
    const named = {
      layouts: words.layout, tiles: words.tiles, tour: words.tour, before: words.before, after: words.after,
      search: words.search, wall: words.wall, list: words.cameras,
    };
    for (const [id, text] of Object.entries(named)) at(id).setAttribute("aria-label", text);
    const written = {
      save: words.save, "save-as": words.save_as, forget: words.forget, choose: words.cameras, full: words.full,
      no: words.cancel, yes: words.save, "name-label": words.layout_name, hint: words.hint,
    };
    for (const [id, text] of Object.entries(written)) at(id).textContent = text;
    at("search").placeholder = words.search;
    at("wall").title = "";
    for (const [id, title] of [["before", words.before], ["after", words.after], ["full", `${words.full} (F)`]]) {
      at(id).title = title;
    }
    fill(at("tiles"), COUNTS.map((count) => [count, words.tile_counts[count]]));
    fill(at("tour"), TOURS_S.map((seconds) => [seconds, words.tours[seconds]]));
    for (const id of ["save", "save-as", "forget"]) at(id).hidden = asking.hasToken;
  }

  function fill(select, choices) {
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }

  function begin(first) {
    all = first.name ? null : first;
    show(first);
  }

  function show(layout, isChanged = false) {
    wall().page = 0;
    wall().show(layout, isChanged);
    draw();
  }

  function draw() {
    const { layout, pages, page, isChanged } = wall();
    fill(at("layouts"), [["", words.all_cameras], ...layouts.all.map((each) => [each.name, each.name])]);
    at("layouts").value = layout.name;
    at("tiles").value = layout.tiles;
    if (!TOURS_S.includes(layout.tour_s)) at("tour").append(new Option(`${layout.tour_s} s`, layout.tour_s));
    at("tour").value = layout.tour_s;
    at("pages").hidden = pages < 2;
    at("page").textContent = `${page + 1} / ${pages}`;
    at("save").disabled = !layout.name || !isChanged;
    at("forget").disabled = !layout.name;
    list();
  }

  function edit(change) {
    wall().show({ ...wall().layout, ...change }, true);
    draw();
  }

  function choose() {
    const name = at("layouts").value;
    localStorage.setItem(remembered, name);
    const cameras = [...states.keys()].sort((one, other) => one.localeCompare(other));
    show(layouts.find(name) ?? all ?? { name: "", tiles: 16, cameras, tour_s: 20 });
  }

  async function keep(name) {
    await doing(async () => {
      const { tiles, cameras, tour_s } = wall().layout;
      await layouts.keep({ name, tiles, cameras, tour_s });
      localStorage.setItem(remembered, name);
      wall().show(layouts.find(name));
      draw();
      say(words.saved);
    });
  }

  async function forget() {
    const { name } = wall().layout;
    if (!window.confirm(words.forget_this.replace("{name}", name))) return;
    await doing(async () => {
      await layouts.remove(name);
      localStorage.removeItem(remembered);
      at("layouts").value = "";
      draw();
      choose();
    });
  }

  async function doing(work) {
    try {
      await work();
    } catch (error) {
      say(error.message);
    }
  }

  function askName() {
    const dialog = at("naming");
    at("name").value = wall().layout.name;
    dialog.returnValue = "";
    dialog.showModal();
    at("no").onclick = () => dialog.close("");
    return new Promise((answer) => {
      dialog.onclose = () => answer(dialog.returnValue === "yes" ? at("name").value.trim() : "");
    });
  }

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.body.requestFullscreen?.().catch(() => say(words.no_full));
  }

  function openList(isWanted) {
    at("cameras").hidden = !isWanted;
    at("choose").setAttribute("aria-expanded", String(isWanted));
    if (isWanted) {
      list();
      at("search").focus();
    }
  }

  function list() {
    if (at("cameras").hidden) return;
    const sought = at("search").value.trim().toLocaleLowerCase();
    const shown = wall().shown;
    const names = wall().cameras.filter((each) => each.toLocaleLowerCase().includes(sought));
    at("list").replaceChildren(...names.map((name) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      const dot = document.createElement("span");
      button.type = "button";
      item.dataset.camera = name;
      item.dataset.state = states.get(name)?.state ?? "";
      dot.className = "dot";
      dot.title = words.states[item.dataset.state] ?? "";
      button.className = shown.has(name) ? "shown" : "";
      button.append(dot, name);
      button.addEventListener("click", () => wall().add(name));
      item.append(button);
      return item;
    }));
  }

  function say(text) {
    at("said").textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => (at("said").textContent = ""), 6000);
  }

  return {
    begin,
    lost: (status) => {
      const text = { 401: words.no_token, [FORBIDDEN]: words.forbidden }[status] ?? words.away;
      say(text);
      if (status === 401 || status === FORBIDDEN) wall().live.stop();
    },
    told: {
      changed: draw,
      drawn: () => {
        at("page").textContent = `${wall().page + 1} / ${wall().pages}`;
        at("pages").hidden = wall().pages < 2;
      },
      measured: (fps, level) => {
        at("measure").textContent = words.measure.replace("{fps}", fps.toFixed(1));
        at("measure").title = level ? words.slower : "";
      },
      cameras: (found) => {
        const isOther = found.size !== states.size || [...found.keys()].some((each) => !states.has(each));
        states = found;
        const names = [...found.keys()].sort((one, other) => one.localeCompare(other));
        // The wall of all cameras is that also of those that come later.
        if (isOther && all && !wall().layout.name && !wall().isChanged) show({ ...all, cameras: names });
        else if (isOther) list();
      },
      wantCamera: () => openList(true),
    },
  };
}
