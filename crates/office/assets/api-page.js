// The page of the API: the viewer reads the description that this server gives, and is dark where the browser is.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
window.addEventListener("load", () => {
  const page = document.getElementById("api");
  window.SwaggerUIBundle({ url: page.dataset.url, domNode: page, deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
});
