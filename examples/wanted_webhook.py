"""Call a webhook when a wanted person has been seen.

python examples/wanted_webhook.py rtsp://user:pass@10.0.0.5/stream known_faces "Anna" http://127.0.0.1:8000/alerts
"""

import sys
import time
import urllib.request

import nigoh
from nigoh.errors import SourceUnavailable
from nigoh.messaging.json_lines import encode_sighting

PAUSE_S = 5.0


def post(sighting: nigoh.Sighting, url: str) -> None:
    """Send a sighting as the JSON that `nigoh watch --out` writes."""
    request = urllib.request.Request(url, encode_sighting(sighting), {"Content-Type": "application/json"})  # noqa: S310 - the operator's own address
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
        print(f"{sighting.person} on {sighting.camera}, similarity {sighting.score:.2f}: told {url}")


def main(source: str, known_faces: str, name: str, url: str) -> None:
    """Watch until the source ends; a camera that breaks off is opened again."""
    known = nigoh.load_known_faces(known_faces)
    while True:
        try:
            # A sighting comes when its track ends, a few seconds after the face was last seen.
            for sighting in nigoh.watch(source, known, wanted=[name], fps=5):
                if sighting.status is nigoh.Status.WANTED:
                    post(sighting, url)
        except SourceUnavailable as error:
            print(f"{error} Trying again in {PAUSE_S:g} s.", file=sys.stderr)
            time.sleep(PAUSE_S)
        else:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
