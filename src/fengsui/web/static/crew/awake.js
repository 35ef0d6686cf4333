// Does the screen stay on while there is an order? Where the phone lets a page ask for it.

export function makeAwake() {
  let wanted = false;
  let lock = null;

  async function hold() {
    if (!wanted || lock || document.hidden || !navigator.wakeLock) return;
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    lock?.addEventListener("release", () => (lock = null));
    if (!wanted) free();
  }
  function free() {
    lock?.release().catch(() => undefined);
    lock = null;
  }
  document.addEventListener("visibilitychange", hold);
  return (isWanted) => {
    if (wanted === isWanted) return;
    wanted = isWanted;
    wanted ? hold() : free();
  };
}
