"""From a camera to frames: sources, sampling, writing video. I/O lives here."""
