import { Foreign } from "./Foreign";

/** The stack of an address's plus tag, in a list. */
export function StackCell({ row: { stack, isShortened } }: { row: { stack: string; isShortened: boolean } }) {
  return (
    <>
      <Foreign text={stack} />
      {isShortened && <span class="dim"> (shortened)</span>}
    </>
  );
}
