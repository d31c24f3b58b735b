#!/usr/bin/env bash
# The main job on real faces: official portraits walk past a simulated camera; one person is known, the other is not.
set -euo pipefail
out=${1:-out/demo}
mkdir -p "$out"

echo "1. Samples: public-domain portraits"
nigoh samples --dir "$out/samples"

echo "2. A camera: two people walk in, alone and together"
nigoh simulate "$out/samples/portraits" --out "$out/clip.mp4" --truth "$out/clip.truth.json"

echo "3. Watch it"
nigoh watch "$out/clip.mp4" --known "$out/samples/known_faces" --camera lobby \
  --out "$out/sightings.jsonl" --annotate "$out/annotated.mp4" --crops "$out/crops"

echo "4. Hold it against what really happened"
nigoh eval video --truth "$out/clip.truth.json" --sightings "$out/sightings.jsonl" --known "$out/samples/known_faces"

echo "The annotated video: $out/annotated.mp4   the sightings: $out/sightings.jsonl   the best shots: $out/crops"
