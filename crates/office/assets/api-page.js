// The page of the API: the viewer reads the description that this server gives.
window.addEventListener("load", () => {
  const page = document.getElementById("api");
  window.SwaggerUIBundle({ url: page.dataset.url, domNode: page, deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
});
