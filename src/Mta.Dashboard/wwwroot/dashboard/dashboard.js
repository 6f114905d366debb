// What the pages ask of the browser, and the palette before they have started.
const dark = matchMedia('(prefers-color-scheme: dark)');
window.dashboard = {
  isDark: () => dark.matches,
  watchColors: (watcher) => dark.addEventListener('change', () => watcher.invokeMethodAsync('SystemChanged')),
  isHidden: () => document.hidden,
  useColors: (name) => { document.documentElement.dataset.colors = name; },
};

{
  const chosen = localStorage.getItem('mta-appearance');
  const isDark = chosen ? chosen === 'dark' : dark.matches;
  window.dashboard.useColors(isDark ? 'dark' : 'light');
}
