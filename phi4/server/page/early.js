// Before the first paint: the theme that was chosen, and the language. A plain script, since modules run later.
(() => {
  const root = document.documentElement;
  /** @param {string} name */
  const kept = (name) => {
    try {
      return localStorage.getItem(`phi4.${name}`) ?? "";
    } catch {
      return ""; // storage is forbidden
    }
  };
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const spoken = [kept("language"), ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  root.lang = spoken.find((tag) => tag === "ko" || tag === "en") ?? "ko";
})();
