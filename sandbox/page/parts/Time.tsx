import { clock } from "../live/store";
import { localTime, relative } from "../model/times";

/** How long ago something was, by the sandbox's clock, with the exact time as its title. */
export function Ago({ at }: { at: number }) {
  return (
    <time dateTime={isoOf(at)} title={localTime(at)}>
      {relative(at, clock.value)}
    </time>
  );
}

export function Exact({ at }: { at: number }) {
  return (
    <time class="mono" dateTime={isoOf(at)}>
      {localTime(at)}
    </time>
  );
}

function isoOf(at: number): string {
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}
