import { announcement, enrollments } from "./store";

/** A screen reader must be able to finish a sentence before the next one comes. */
const PAUSE_MS = 5000;

let arrived = 0;
let timer: number | undefined;

/** Tells how many enrollments arrived, once in a while. */
export function announce(added: number): void {
  arrived += added;
  if (arrived === 0 || timer !== undefined) return;
  timer = window.setTimeout(
    () => {
      say(`${arrived} new ${arrived === 1 ? "enrollment" : "enrollments"}, ${enrollments.table.size} in all`);
      arrived = 0;
      timer = undefined;
    },
    arrived === added ? 500 : PAUSE_MS,
  );
}

/** Says something at once. */
export function say(text: string): void {
  announcement.value = text;
}
