import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Keyed } from "../model/table";

/**
 * The focus within a list's rows: one of them can be reached with Tab, the others from it with the arrows, Home, End and
 * the page keys.
 *
 * @param startKey The row that has the focus at first.
 */
export function useRowFocus<Row extends Keyed>(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly Row[],
  height: number,
  startKey: Row["key"] | undefined,
) {
  const [activeKey, setActiveKey] = useState(startKey);
  const lastIndex = useRef(-1);
  // Not if the reader came by the navigation, where the focus then is.
  const wanted = useRef(startKey !== undefined && document.activeElement?.closest("nav") == null);
  const activeIndex = indexOf(rows, activeKey, lastIndex.current);
  lastIndex.current = activeIndex;

  useLayoutEffect(() => {
    if (!wanted.current) return;
    const link = scroller.current?.querySelector<HTMLElement>("[data-active] a");
    // The first time, no row is rendered yet.
    if (link == null && activeIndex >= 0) return;
    wanted.current = false;
    if (activeIndex >= 0) link?.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent, show: (index: number) => void) => {
    if (event.ctrlKey || event.metaKey || event.altKey || rows.length === 0) return;
    const aPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1);
    const from = Math.max(0, activeIndex);
    const target = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      Home: 0,
      End: Infinity,
      PageDown: from + aPage,
      PageUp: from - aPage,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const index = Math.min(rows.length - 1, Math.max(0, target));
    wanted.current = true;
    setActiveKey(rows[index]?.key);
    show(index);
  };
  return { activeIndex, setActiveKey, onKeyDown };
}

/** Where a row is now. It is mostly where it was. */
function indexOf<Row extends Keyed>(rows: readonly Row[], key: Row["key"] | undefined, guess: number): number {
  if (key === undefined) return -1;
  return rows[guess]?.key === key ? guess : rows.findIndex((row) => row.key === key);
}
