import type { ThemeView } from "./bindings/ThemeView";

/** Light or dark by choice; otherwise the system decides, in the style sheet. */
export function applyTheme(theme: ThemeView): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
