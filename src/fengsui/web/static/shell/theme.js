// Dark or light? Switched in place, so that nothing typed is lost; the server keeps the choice for the next page.

export function mount(form, context) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const theme = form.elements.theme.value;
    const body = new FormData(form);
    body.delete("next"); // no page is wanted in answer
    document.documentElement.dataset.theme = theme;
    form.elements.theme.value = theme === "light" ? "dark" : "light";
    form.querySelector("button").textContent = context.t(theme === "light" ? "theme.dark" : "theme.light");
    context.bus.emit("theme", theme);
    // A choice that could not be kept still holds on this page; one that is under way outlives it.
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => undefined);
  });
}
