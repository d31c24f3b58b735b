"""QR codes as SVG."""

import io

import segno


def qr_svg(text: str) -> str:
    """A picture that any camera reads as this text, with the quiet zone that readers need around it.

    It is a whole SVG document without scripts, styles or references: good for a page, an <img> or a file.
    """
    written = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        written, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, nl=False, omitsize=True
    )
    return written.getvalue().decode()
