// Dragging by mouse, pen or finger: tiles onto tiles, cameras of the list onto tiles.

const BEGINS_PX = 8;

/** Let what `find` names be dragged, and tell `drop` where it went.
 * @param find the thing to drag for the element under the pointer, or null: {label, element}.
 * @param drop called with the thing and the tile's element that it was let go over.
 */
export function makeDraggable(root, find, drop) {
  let begun = null;

  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button, input, select, a")) return;
    const thing = find(event.target);
    if (thing) begun = { thing, id: event.pointerId, x: event.clientX, y: event.clientY, ghost: null, over: null };
  });

  window.addEventListener("pointermove", (event) => {
    if (!begun || event.pointerId !== begun.id) return;
    if (!begun.ghost) {
      if (Math.hypot(event.clientX - begun.x, event.clientY - begun.y) < BEGINS_PX) return;
      begun.ghost = document.createElement("div");
      begun.ghost.className = "ghost";
      begun.ghost.textContent = begun.thing.label;
      document.body.append(begun.ghost);
      begun.thing.element.setPointerCapture?.(event.pointerId);
    }
    event.preventDefault();
    begun.ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest(".tile") ?? null;
    if (over !== begun.over) {
      begun.over?.classList.remove("over");
      over?.classList.add("over");
      begun.over = over;
    }
  });

  const end = (isDropped) => (event) => {
    if (!begun || event.pointerId !== begun.id) return;
    const { thing, ghost, over } = begun;
    begun = null;
    ghost?.remove();
    over?.classList.remove("over");
    if (!ghost) return;
    if (isDropped && over) drop(thing, over);
  };
  window.addEventListener("pointerup", end(true));
  window.addEventListener("pointercancel", end(false));
}
