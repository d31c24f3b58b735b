"use strict";

// One recorded clip, from the moment at which the face was seen.
const asked = new URLSearchParams(location.search);
const video = document.getElementById("video");
const at = Number(asked.get("at")) || 0;

video.addEventListener("loadedmetadata", () => {
  if (at > 0 && at < video.duration) video.currentTime = at;
}, { once: true });
video.src = "/api/v1/clips/" + encodeURIComponent(asked.get("clip") || "") + "/video";
