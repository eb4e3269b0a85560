import { useLayoutEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

/**
 * Keeps what is in sight where it is when rows arrive above it, unless the reader is at the top, where new ones are to
 * be seen.
 */
export function useAnchor<Row>(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly Row[],
  height: number,
  listKey: string,
) {
  const before = useRef({ rows, listKey });
  useLayoutEffect(() => {
    const { rows: old, listKey: oldKey } = before.current;
    before.current = { rows, listKey };
    const element = scroller.current;
    if (element === null || old === rows) return;
    // Another filter or order is another list.
    if (oldKey !== listKey) return void (element.scrollTop = 0);
    if (element.scrollTop < height / 2) return;
    const first = Math.floor(element.scrollTop / height);
    // A row that changed may have moved by itself, so the first one that did not change is what counts.
    for (let index = first; index < Math.min(old.length, first + 50); index++) {
      const now = rows.indexOf(old[index] as Row);
      if (now < 0) continue;
      if (now !== index) element.scrollTop += (now - index) * height;
      return;
    }
  });
}
