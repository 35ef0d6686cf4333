// Is what this page shows still so? It is a record to read, so it does not move under the reader; it says that there is more.

export function mount(root, context) {
  const { page } = context;
  const { id, version } = page.incident;
  const live = context.live();
  live.onChange((city) => {
    const now = city.incidents.get(id);
    if (now && now.version > version) root.hidden = false;
  });
}
