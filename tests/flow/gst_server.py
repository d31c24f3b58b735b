# mypy: ignore-errors
# The system Python that runs this has the packages; the environment that checks it does not.
"""A camera for interoperability tests: Debian's GStreamer RTSP server, run by the system's own Python.

Usage: gst_server.py CLIP PORT [h264|h265|jpeg] [none|basic|digest] [USER PASSWORD]
Serves CLIP, coded so, at rtsp://127.0.0.1:PORT/cam, over and over, with timestamps that go on. Prints "ready".
"""

import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402 - versions are chosen before

ROLE = "viewer"
FPS = 25
FRAME_NS = Gst.SECOND // FPS

CODED = {
    "h264": "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au",
    "h265": "h265parse config-interval=-1 ! video/x-h265,stream-format=byte-stream,alignment=au",
    "jpeg": "jpegparse",
}
SENT = {
    "h264": "rtph264pay pt=96 config-interval=-1",
    "h265": "rtph265pay pt=96 config-interval=-1",
    "jpeg": "rtpjpegpay pt=26",
}


def read_access_units(clip: str, codec: str) -> tuple[list[GLib.Bytes], Gst.Caps]:
    """The clip's coded pictures, as a camera would send them, and their format."""
    pipeline = Gst.parse_launch(f'filesrc location="{clip}" ! qtdemux ! {CODED[codec]} ! appsink name=out sync=false')
    sink = pipeline.get_by_name("out")
    pipeline.set_state(Gst.State.PLAYING)
    units, caps = [], None
    while (sample := sink.emit("pull-sample")) is not None:
        buffer = sample.get_buffer()
        units.append(GLib.Bytes.new(buffer.extract_dup(0, buffer.get_size())))
        caps = caps or sample.get_caps()
    pipeline.set_state(Gst.State.NULL)
    return units, caps


class Camera(GstRtspServer.RTSPMediaFactory):
    """Sends the pictures to all its viewers, at the pace of a camera."""

    def __init__(self, units: list[GLib.Bytes], caps: Gst.Caps, codec: str) -> None:
        super().__init__()
        self._units, self._caps = units, caps
        self.set_shared(True)
        self.set_launch(f"( appsrc name=src is-live=true format=time ! {SENT[codec]} name=pay0 )")
        self.connect("media-configure", self._configure)

    def _configure(self, _: object, media: GstRtspServer.RTSPMedia) -> None:
        source = media.get_element().get_child_by_name("src")
        source.set_property("caps", self._caps)
        gone = threading.Event()
        media.connect("unprepared", lambda _: gone.set())
        # The first picture is there before anybody plays: the server describes the stream by it.
        self._push(source, 0)
        threading.Thread(target=self._feed, args=(source, gone), daemon=True).start()

    def _feed(self, source: GstApp.AppSrc, gone: threading.Event) -> None:
        number, due = 1, time.monotonic()
        while not gone.wait(max(0.0, due - time.monotonic())):
            self._push(source, number)
            number, due = number + 1, due + 1 / FPS

    def _push(self, source: GstApp.AppSrc, number: int) -> None:
        buffer = Gst.Buffer.new_wrapped_bytes(self._units[number % len(self._units)])
        buffer.pts = buffer.dts = number * FRAME_NS
        buffer.duration = FRAME_NS
        source.emit("push-buffer", buffer)


def guard(server: GstRtspServer.RTSPServer, camera: Camera, method: str, user: str, password: str) -> None:
    """Let only this user in."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    rights = "media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    camera.add_role_from_structure(Gst.Structure.new_from_string(f"{ROLE}, {rights}"))


def main(clip: str, port: str, codec: str = "h264", method: str = "none", *account: str) -> None:
    """Serve until killed."""
    Gst.init(None)
    camera = Camera(*read_access_units(clip, codec), codec)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if method != "none":
        guard(server, camera, method, *account)
    server.get_mount_points().add_factory("/cam", camera)
    if not server.attach(None):
        sys.exit(f"port {port} is taken")
    print("ready", flush=True)  # noqa: T201 - the test waits for this line
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
