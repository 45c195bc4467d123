/** Light, dark, or as the reader's system has it. */

const place = 'keepalived-status-theme';

function stored(): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    // The browser keeps nothing.
    return null;
  }
}

function systemIsDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Shows what the reader has chosen; without a choice the style sheet follows the system. */
export function applyTheme(): void {
  const theme = stored();
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
  else delete document.documentElement.dataset['theme'];
}

/** The other one. What the system would show anyway is not remembered: the page follows the system again. */
export function switchTheme(): void {
  const system = systemIsDark() ? 'dark' : 'light';
  const shown = document.documentElement.dataset['theme'] ?? system;
  const wanted = shown === 'dark' ? 'light' : 'dark';
  try {
    if (wanted === system) localStorage.removeItem(place);
    else localStorage.setItem(place, wanted);
  } catch {
    // Then it lasts as long as the page.
  }
  if (wanted === system) delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = wanted;
}
