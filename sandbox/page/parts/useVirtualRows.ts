import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** The rows of a long list that are in sight. All have the same height, so their places are known without measuring. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  height: number,
  alwaysIndex: number,
) {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: 5,
    // The row with the focus stays even when it is out of sight, because the focus would be lost with it.
    rangeExtractor: ({
      startIndex,
      endIndex,
      overscan,
    }: {
      startIndex: number;
      endIndex: number;
      overscan: number;
    }) => {
      const [first, last] = [Math.max(0, startIndex - overscan), Math.min(count - 1, endIndex + overscan)];
      const indexes = Array.from({ length: last - first + 1 }, (_, nth) => first + nth);
      if (alwaysIndex < 0 || alwaysIndex >= count) return indexes;
      if (alwaysIndex < first) return [alwaysIndex, ...indexes];
      return alwaysIndex > last ? [...indexes, alwaysIndex] : indexes;
    },
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const lastHeight = useRef(height);
  if (lastHeight.current !== height) virtualizer.measure();
  lastHeight.current = height;
  return virtualizer;
}
