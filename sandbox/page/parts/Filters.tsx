import type { ComponentChildren } from "preact";
import { filterBy, route } from "../live/router";
import { visibleText } from "../model/foreignText";

/** A longer list of options would take seconds to open. The search finds the others. */
const MOST_OPTIONS = 300;

interface FiltersProps {
  readonly shown: number;
  readonly all: number;
  readonly what: string;
  readonly searchHint: string;
  readonly children: ComponentChildren;
}

/** The search and the filters of a list, as the address bar has them. */
export function Filters({ shown, all, what, searchHint, children }: FiltersProps) {
  const { query } = route.value;
  const used = Object.keys(query).filter((name) => name !== "sort");
  const clear = () => filterBy(Object.fromEntries(used.map((name) => [name, ""])));
  const [some, total] = [shown, all].map((count) => count.toLocaleString("en-US"));
  const counted = `${total} ${all === 1 ? what.replace(/s$/, "") : what}`;
  return (
    <form class="filters" role="search" aria-label={`Filter ${what}`} onSubmit={(event) => event.preventDefault()}>
      <label class="search">
        <span>Search</span>
        <input
          type="search"
          placeholder={searchHint}
          autocomplete="off"
          spellcheck={false}
          value={query["q"] ?? ""}
          onInput={(event) => filterBy({ q: event.currentTarget.value })}
        />
      </label>
      {children}
      {used.length > 0 && (
        <button type="button" onClick={clear}>
          Clear filters
        </button>
      )}
      <p class="shown dim">{shown === all ? counted : `${some} of ${counted}`}</p>
    </form>
  );
}

interface ChoiceProps {
  /** Its name in the address bar. */
  readonly name: string;
  readonly title: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function Choice({ name, title, options }: ChoiceProps) {
  const chosen = route.value.query[name] ?? "";
  const offered = options.slice(0, MOST_OPTIONS);
  // What the address bar says stays chosen, even if nothing has it at the moment.
  if (chosen !== "" && !offered.some(([value]) => value === chosen)) offered.unshift([chosen, chosen]);
  return (
    <label>
      <span>{title}</span>
      <select value={chosen} onChange={(event) => filterBy({ [name]: event.currentTarget.value })}>
        <option value="">All</option>
        {offered.map(([value, text]) => (
          <option key={value} value={value}>
            {visibleText(text)}
          </option>
        ))}
        {options.length > MOST_OPTIONS && (
          <option disabled>{options.length - MOST_OPTIONS} more: use the search</option>
        )}
      </select>
    </label>
  );
}
