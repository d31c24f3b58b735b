// The layouts that a user keeps: part of their preferences, the rest of which stays as it is.

import { Refused } from "/console/wall_asking.js";

const STALE = 412;
const TRIES = 3;

export class Layouts {
  #asking;
  all = [];

  constructor(asking) {
    this.#asking = asking;
  }

  async read() {
    this.all = (await this.#asking.get("/me/preferences")).layouts;
  }

  find(name) {
    return this.all.find((each) => each.name === name) ?? null;
  }

  /** Keep a layout instead of the one of its name. */
  async keep(layout) {
    await this.#change((layouts) => {
      const others = layouts.filter((each) => each.name !== layout.name);
      const place = layouts.findIndex((each) => each.name === layout.name);
      others.splice(place < 0 ? others.length : place, 0, layout);
      return others;
    });
  }

  async remove(name) {
    await this.#change((layouts) => layouts.filter((each) => each.name !== name));
  }

  async #change(edit) {
    for (let left = TRIES; ; left -= 1) {
      const { value, etag } = await this.#asking.versioned("/me/preferences");
      try {
        const stored = await this.#asking.put("/me/preferences", { ...value, layouts: edit(value.layouts) }, etag);
        this.all = stored.layouts;
        return;
      } catch (error) {
        // Somebody changed them meanwhile, in another window: once more with theirs.
        if (!(error instanceof Refused) || error.status !== STALE || left <= 1) throw error;
      }
    }
  }
}
