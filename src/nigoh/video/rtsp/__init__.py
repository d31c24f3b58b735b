"""A lean RTSP receiver: many cameras on one event loop, H.264 and H.265, packets in and whole coded pictures out.

Bytes walk one way: `messages` takes requests, answers and media frames out of a connection, `rtp` reads packets and
counts those that are missing, `depacketiser` makes access units of them, `receiver` hands these to whoever asked.
"""
