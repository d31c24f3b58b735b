// What a wall decides: how large and how many pictures the browser takes, when to try again, whose turn it is.
// Pure functions: they know no clock and no page.

// From what a quick browser gets to what a slow one still takes: share of the tile's size, pictures a second, quality.
export const LEVELS = [
  { scale: 1, fps: 10, quality: 75 },
  { scale: 0.75, fps: 10, quality: 75 },
  { scale: 0.75, fps: 8, quality: 70 },
  { scale: 0.5, fps: 8, quality: 70 },
  { scale: 0.5, fps: 5, quality: 65 },
  { scale: 0.35, fps: 4, quality: 65 },
  { scale: 0.25, fps: 2, quality: 60 },
];

const STEP_PX = 80;
const LEAST_PX = 160;
const MOST_PX = 1920;

const TOO_LATE_S = 1.0;
const SKIPPED_SHARE = 0.25;
const CALM_LATE_S = 0.4;
const CALM_SHARE = 0.05;
const BAD_LOOKS = 2;
const CALM_LOOKS = 15;
const MOST_CALM_LOOKS = 300;

export const FRESH_PACE = Object.freeze({ level: 0, bad: 0, calm: 0, patience: CALM_LOOKS });

/** The pace after a look at how it went. Whoever went too fast waits twice as long before the next try.
 * @param pace as before: level, bad and calm looks in a row, calm looks that are needed.
 * @param seen drawn and skipped pictures since the last look, late_s: how old pictures are beside the freshest.
 */
export function nextPace(pace, seen) {
  const all = seen.drawn + seen.skipped;
  const skipped = all ? seen.skipped / all : 0;
  if (seen.late_s > TOO_LATE_S || skipped > SKIPPED_SHARE) {
    if (pace.bad + 1 < BAD_LOOKS) return { ...pace, bad: pace.bad + 1, calm: 0 };
    const level = Math.min(pace.level + 1, LEVELS.length - 1);
    return { level, bad: 0, calm: 0, patience: Math.min(pace.patience * 2, MOST_CALM_LOOKS) };
  }
  if (seen.late_s > CALM_LATE_S || skipped > CALM_SHARE || !all) return { ...pace, bad: 0, calm: 0 };
  if (pace.level === 0 || pace.calm + 1 < pace.patience) return { ...pace, bad: 0, calm: pace.calm + 1 };
  return { ...pace, level: pace.level - 1, bad: 0, calm: 0 };
}

/** The long side to ask for, in steps so that a window that is resized does not ask anew all the time. */
export function sideFor(width_px, height_px, pixel_ratio, level) {
  const side = Math.max(width_px, height_px) * pixel_ratio * LEVELS[level].scale;
  return Math.min(MOST_PX, Math.max(LEAST_PX, Math.ceil(side / STEP_PX) * STEP_PX));
}

/** Seconds until the next try; `chance` from 0 to 1 keeps many walls from coming at once. */
export function waitFor(tries, chance) {
  return Math.min(15, 0.5 * 2 ** Math.min(tries, 10)) * (0.5 + chance / 2);
}

/** How many pages of tiles the cameras fill. */
export function pagesOf(cameras, tiles) {
  return Math.max(1, Math.ceil(cameras.length / tiles));
}

/** What each tile shows on a page: names, null for empty tiles. */
export function onPage(cameras, tiles, page) {
  const shown = cameras.slice(page * tiles, (page + 1) * tiles);
  return [...shown, ...Array(tiles - shown.length).fill(null)];
}

/** The same cameras with two places exchanged; places beyond the end are made. */
export function exchanged(cameras, one, other) {
  const made = [...cameras];
  while (made.length <= Math.max(one, other)) made.push(null);
  [made[one], made[other]] = [made[other], made[one]];
  return trimmed(made);
}

/** The same cameras with this one in a place; where it stood before, its place is empty. */
export function placed(cameras, place, camera) {
  const made = cameras.map((each) => (each === camera ? null : each));
  while (made.length <= place) made.push(null);
  made[place] = camera;
  return trimmed(made);
}

function trimmed(cameras) {
  const made = [...cameras];
  while (made.length && made[made.length - 1] === null) made.pop();
  return made;
}

/** The least of the walls that holds so many cameras, 16 tiles at most: more are shown in turns. */
export function tilesFor(count) {
  return [1, 4, 9, 16].find((tiles) => tiles >= count) || 16;
}
