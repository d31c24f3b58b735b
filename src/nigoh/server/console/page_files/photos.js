"use strict";

// Photos on their way into a view: chosen, dropped, pasted or taken. Each is sent as it is, or scaled down if it is
// larger than what is kept anyway.
const LONG_SIDE_PX = 2560;
const SMALL_BYTES = 1500000;
const PLAIN = new Set(["image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif"]);
const AT_ONCE = 2;

const waiting = [];
let working = 0;
let sent = 0;

async function shrunk(file) {
  if (PLAIN.has(file.type) && file.size <= SMALL_BYTES) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // the server says what is wrong with it
  }
  const scale = Math.min(1, LONG_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", 0.95));
}

async function send(file) {
  const name = file.name || "photo.jpg";
  say(words.sending.replace("{name}", name));
  try {
    const body = await shrunk(file);
    const place = `/console/baskets/${told.ticket}?name=${encodeURIComponent(name)}`;
    const answer = await fetch(place, { method: "PUT", body });
    if (!answer.ok) {
      const problem = await answer.json();
      say([problem.detail, problem.next_step].filter(Boolean).join(". "), true);
      return;
    }
    sent += 1;
    if (!working || !waiting.length) say(words.sent.replace("{count}", sent));
  } catch {
    say(words.away, true);
  }
}

async function work() {
  if (working >= AT_ONCE) return;
  working += 1;
  while (waiting.length) await send(waiting.shift());
  working -= 1;
}

function take(files) {
  waiting.push(...files.slice(0, told.most || files.length));
  for (let each = 0; each < AT_ONCE; each += 1) work();
}

const video = document.getElementById("video");
let stream = null;

function show(isOn) {
  document.getElementById("view").hidden = !isOn;
  document.getElementById("ways").hidden = isOn;
  document.getElementById("about").hidden = isOn;
}

function stop() {
  for (const track of stream ? stream.getTracks() : []) track.stop();
  stream = null;
  video.srcObject = null;
  show(false);
}

async function begin() {
  if (!navigator.mediaDevices) {
    say(words.insecure, true);
    return;
  }
  try {
    const wanted = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    video.srcObject = stream;
    show(true);
    await video.play();
    say("");
    document.getElementById("take").focus();
  } catch {
    stop();
    say(words.blocked, true);
  }
}

function snap() {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => {
    if (blob) take([new File([blob], `${words.snapshot} ${new Date().toTimeString().slice(0, 8)}.jpg`, { type: blob.type })]);
  }, "image/jpeg", 0.95);
}

for (const id of ["about", "choose", "camera", "take", "stop"]) word(id);
zone.setAttribute("aria-label", words.about || "");
takeFiles(take);
document.getElementById("camera").addEventListener("click", begin);
document.getElementById("take").addEventListener("click", snap);
document.getElementById("stop").addEventListener("click", stop);
addEventListener("pagehide", stop);
