// Does the phone ring? Two rising tones and a shake, again and again until somebody answers.
//
// A browser lets a page sound only after a first tap. Until then `canSound` is false, and the page says so.

const AGAIN_MS = 2000;
const RISING = [[660, 0, 0.22], [880, 0.28, 0.34]];
const FALLING = [[620, 0, 0.25], [440, 0.3, 0.45]];
const SHAKE = [400, 150, 400, 150, 400];
const LOUD = 0.5;

export function makeRing() {
  let audio = null;
  let timer = null;

  function play(tones, volume = LOUD) {
    if (audio?.state !== "running") return;
    for (const [hertz, from, length] of tones) {
      const start = audio.currentTime + from;
      const tone = new OscillatorNode(audio, { type: "triangle", frequency: hertz });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(volume, start + 0.02);
      gain.gain.setValueAtTime(volume, start + length - 0.05);
      gain.gain.linearRampToValueAtTime(0, start + length);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + length);
    }
  }
  // Shaking too is allowed only after a tap; asked before, the browser complains.
  const shake = (pattern) => navigator.userActivation?.hasBeenActive && navigator.vibrate?.(pattern);
  const ring = () => {
    play(RISING);
    shake(SHAKE);
  };

  return {
    canSound: () => audio?.state === "running",
    /** Called from a tap. A short tone says that it worked. */
    async unlock() {
      if (audio?.state === "running") return true;
      audio ??= new AudioContext();
      await audio.resume().catch(() => undefined);
      if (audio.state === "running") timer ? ring() : play([[660, 0, 0.12]], 0.15);
      return audio.state === "running";
    },
    start() {
      if (timer) return;
      ring();
      timer = setInterval(ring, AGAIN_MS);
    },
    stop() {
      clearInterval(timer);
      timer = null;
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0);
    },
    isRinging: () => timer != null,
    /** An order is over, not by this crew: falling, twice. */
    calledOff() {
      play(FALLING);
      setTimeout(() => play(FALLING), 1000);
      shake([800, 200, 800]);
    },
  };
}
