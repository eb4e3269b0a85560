import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Keyed } from "../model/table";
import { useAnchor } from "./useAnchor";
import { useRowFocus } from "./useRowFocus";
import { useVirtualRows } from "./useVirtualRows";

export interface Column<Row> {
  readonly name: string;
  readonly title: string;
  /** What a cell shows. The first column's is the link to the row. */
  readonly cell: (row: Row) => ComponentChildren;
}

export interface GridProps<Row extends Keyed> {
  readonly label: string;
  /** The class that places the columns. */
  readonly kind: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly hrefOf: (row: Row) => string;
  /** The row that is open beside the list. */
  readonly openKey?: Row["key"];
  /** The row that has the focus at first. Default: none. */
  readonly startKey?: Row["key"];
  /** Changes with the filters and the order: the list then begins at its top again. */
  readonly listKey: string;
  readonly order?: { readonly column: string; readonly isDescending: boolean };
  readonly onSort?: (column: string) => void;
}

/** A list of any length with the semantics of a table. On a narrow screen each row is a card. */
export function Grid<Row extends Keyed>(props: GridProps<Row>) {
  const { label, kind, columns, rows, listKey } = props;
  const height = useRowHeight();
  const scroller = useRef<HTMLDivElement>(null);
  const focus = useRowFocus(scroller, rows, height, props.startKey);
  const virtualizer = useVirtualRows(scroller, rows.length, height, focus.activeIndex);
  useAnchor(virtualizer, rows, height, listKey);

  useEffect(() => {
    if (focus.activeIndex >= 0) virtualizer.scrollToIndex(focus.activeIndex, { align: "center" });
  }, []);

  const items = virtualizer.getVirtualItems();
  const isScrolling = rows.length * height > (virtualizer.scrollRect?.height ?? Infinity);
  const tabIndexAt = focus.activeIndex >= 0 ? focus.activeIndex : (items[0]?.index ?? 0);
  return (
    <div
      role="grid"
      class={`grid ${kind} ${isScrolling ? "scrolling" : ""}`}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
    >
      <div role="rowgroup" class="head">
        <div role="row" class="row" aria-rowindex={1}>
          {columns.map((column) => (
            <Heading key={column.name} {...props} column={column} />
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        class="body"
        ref={scroller}
        onKeyDown={(event) => focus.onKeyDown(event, (index) => virtualizer.scrollToIndex(index))}
      >
        <div role="presentation" class="sizer" style={{ height: `${rows.length * height}px` }}>
          {items.map(({ index }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const tabIndex = index === tabIndexAt ? 0 : -1;
            const onFocus = () => focus.setActiveKey(row.key);
            return <Line key={row.key} {...props} {...{ row, index, height, tabIndex, onFocus }} />;
          })}
        </div>
      </div>
    </div>
  );
}

function Heading<Row extends Keyed>({ column, order, onSort }: GridProps<Row> & { column: Column<Row> }) {
  const isSorted = order?.column === column.name;
  const direction = order?.isDescending ? "descending" : "ascending";
  return (
    <div role="columnheader" class={`cell ${column.name}`} {...(isSorted ? { "aria-sort": direction } : {})}>
      {onSort === undefined ? (
        column.title
      ) : (
        <button type="button" class="sort" onClick={() => onSort(column.name)}>
          {column.title}
          <span aria-hidden="true">{isSorted ? (order.isDescending ? " ↓" : " ↑") : ""}</span>
        </button>
      )}
    </div>
  );
}

type LineProps<Row extends Keyed> = GridProps<Row> & {
  row: Row;
  index: number;
  height: number;
  tabIndex: number;
  onFocus: () => void;
};

function Line<Row extends Keyed>({ columns, row, index, height, hrefOf, openKey, tabIndex, onFocus }: LineProps<Row>) {
  const href = hrefOf(row);
  const open = () => {
    // A click that ends the selection of a text is not one.
    if (getSelection()?.isCollapsed !== false) location.hash = href;
  };
  return (
    <div
      role="row"
      class={`row ${row.key === openKey ? "open" : ""}`}
      aria-rowindex={index + 2}
      {...(tabIndex === 0 ? { "data-active": "" } : {})}
      style={{ height: `${height}px`, transform: `translateY(${index * height}px)` }}
      onClick={open}
    >
      {columns.map(({ name, cell }, nth) => (
        <div key={name} role="gridcell" class={`cell ${name}`}>
          {nth > 0 ? (
            cell(row)
          ) : (
            <a
              href={href}
              tabIndex={tabIndex}
              onFocus={onFocus}
              {...(row.key === openKey ? { "aria-current": "true" } : {})}
            >
              {cell(row)}
            </a>
          )}
        </div>
      ))}
    </div>
  );
}

const NARROW = "(max-width: 800px)";

/** In pixels. It follows the font's size, and a narrow screen's cards are of three lines. */
function useRowHeight(): number {
  const measure = () => {
    const fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    return Math.round(fontSize * (matchMedia(NARROW).matches ? 5.25 : 2.25));
  };
  const [height, setHeight] = useState(measure);
  useEffect(() => {
    const update = () => setHeight(measure());
    addEventListener("resize", update);
    return () => removeEventListener("resize", update);
  }, []);
  return height;
}
