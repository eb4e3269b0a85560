import type { Virtualizer } from "@tanstack/virtual-core";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * Keeps what is in sight where it is when rows arrive above it, unless the reader is at the top, where new ones are to
 * be seen. The place is known before the rows are rendered, so that they are rendered once.
 */
export function useAnchor<Row>(
  virtualizer: Virtualizer<HTMLElement, HTMLElement>,
  rows: readonly Row[],
  height: number,
  listKey: string,
): void {
  const before = useRef({ rows, listKey });
  const target = useRef<number | undefined>(undefined);
  const { rows: old, listKey: oldKey } = before.current;
  before.current = { rows, listKey };
  if (old !== rows) {
    const offset = virtualizer.scrollOffset ?? 0;
    // Another filter or order is another list.
    const next = oldKey === listKey ? offset + shift(old, rows, offset, height) : 0;
    if (next !== offset) target.current = virtualizer.scrollOffset = next;
  }
  useLayoutEffect(() => {
    const element = virtualizer.scrollElement;
    if (target.current !== undefined && element !== null) element.scrollTop = target.current;
    target.current = undefined;
  });
}

/** By how much what is in sight has moved. */
function shift<Row>(old: readonly Row[], rows: readonly Row[], offset: number, height: number): number {
  if (offset < height / 2) return 0;
  const first = Math.floor(offset / height);
  // A row that changed may have moved by itself, so the first one that did not change is what counts.
  for (let index = first; index < Math.min(old.length, first + 50); index++) {
    const now = rows.indexOf(old[index] as Row);
    if (now >= 0) return (now - index) * height;
  }
  return 0;
}
