// The table is whole as the server drew it; nothing here but the sign that the page is ready.

export function mount() {
  document.body.dataset.ready = "1";
}
