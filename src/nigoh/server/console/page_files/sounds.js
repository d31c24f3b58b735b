"use strict";

// The console's sounds, made here: no file is loaded. Each takes the context, where it is heard, and when it begins.
const nigohSounds = (() => {
  function tone(audio, out, at, { hz, to = hz, for_s, form = "sine", loud = 1 }) {
    const wave = audio.createOscillator();
    const shape = audio.createGain();
    wave.type = form;
    wave.frequency.setValueAtTime(hz, at);
    wave.frequency.exponentialRampToValueAtTime(to, at + for_s);
    shape.gain.setValueAtTime(0.0001, at);
    shape.gain.exponentialRampToValueAtTime(loud, at + 0.012);
    shape.gain.exponentialRampToValueAtTime(0.0001, at + for_s);
    wave.connect(shape).connect(out);
    wave.start(at);
    wave.stop(at + for_s + 0.05);
  }

  const kinds = {
    chime(audio, out, at) {
      tone(audio, out, at, { hz: 880, for_s: 0.5, loud: 0.6 });
      tone(audio, out, at + 0.16, { hz: 1318.5, for_s: 0.7, loud: 0.6 });
    },
    bell(audio, out, at) {
      for (const [part, loud] of [[1, 0.5], [2.01, 0.25], [2.76, 0.18], [5.4, 0.08]]) {
        tone(audio, out, at, { hz: 660 * part, for_s: 1.4 / part ** 0.5, loud });
      }
    },
    knock(audio, out, at) {
      for (const beat of [0, 0.18, 0.36]) {
        tone(audio, out, at + beat, { hz: 240, to: 90, for_s: 0.12, form: "triangle", loud: 0.9 });
      }
    },
    alarm(audio, out, at) {
      for (let beat = 0; beat < 6; beat += 1) {
        tone(audio, out, at + beat * 0.17, { hz: beat % 2 ? 740 : 988, for_s: 0.16, form: "square", loud: 0.3 });
      }
    },
    siren(audio, out, at) {
      for (const beat of [0, 0.6]) {
        tone(audio, out, at + beat, { hz: 500, to: 1400, for_s: 0.55, form: "sawtooth", loud: 0.3 });
      }
    },
  };
  let audio = null;

  // Browsers let a page be heard once somebody has clicked or typed on it.
  async function wake() {
    audio = audio || new AudioContext();
    if (audio.state !== "running") await audio.resume();
    return audio.state === "running";
  }

  async function play(name, volume) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : null;
    if (!kind || !(volume > 0)) return false;
    await Promise.race([wake(), new Promise((done) => setTimeout(done, 500))]);
    if (audio.state !== "running") return false;
    const out = audio.createGain();
    out.gain.value = Math.min(1, volume);
    out.connect(audio.destination);
    kind(audio, out, audio.currentTime + 0.02);
    setTimeout(() => out.disconnect(), 4000);
    return true;
  }

  return { names: Object.keys(kinds), play, wake };
})();
window.nigohSounds = nigohSounds;
