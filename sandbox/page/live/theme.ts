import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const THEMES: readonly string[] = ["system", "light", "dark"] satisfies Theme[];
const KEY = "theme";

/** What the reader chose. Kept in this browser. */
export const theme = signal<Theme>(kept());

export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
    try {
      localStorage.setItem(KEY, theme.value);
    } catch {
      // A browser may forbid to keep anything. The choice then lasts as long as the page.
    }
  });
}

function kept(): Theme {
  try {
    const name = localStorage.getItem(KEY) ?? "";
    return THEMES.includes(name) ? (name as Theme) : "system";
  } catch {
    return "system";
  }
}
