"""XML from strangers: small, and without declarations, so that no entity is expanded and nothing is fetched."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from nigoh.errors import SourceError

MOST_BYTES = 2**20

_MOST_DEPTH = 64


def read_xml(content: bytes) -> Element:
    """The root; tags are written {namespace}name.

    Raises:
        SourceError: it is no XML, too large or too deep, or declares a document type, as entity bombs do.
    """
    if len(content) > MOST_BYTES:
        raise SourceError("the device's answer is too large")
    builder, depth = TreeBuilder(), [0]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        depth[0] += 1
        if depth[0] > _MOST_DEPTH:
            raise SourceError("the device's answer is nested too deeply")
        builder.start(_named(tag), {_named(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        depth[0] -= 1
        builder.end(_named(tag))

    def refuse(*_: object) -> None:
        raise SourceError("the device's answer declares a document type: it is not read")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the only way to say that it is all
    except (expat.ExpatError, AssertionError, ValueError) as error:
        raise SourceError("the device's answer is no XML") from error
    return builder.close()


def text_of(root: Element, *path: str) -> str:
    """The text of the first element below, by local names on the way down; "" if there is none."""
    found = first(root, *path)
    return "" if found is None else (found.text or "").strip()


def first(root: Element, *path: str) -> Element | None:
    """The first element below, by local names on the way down; between them others may stand."""
    found: Element | None = root
    for name in path:
        if found is None:
            return None
        found = next((each for each in found.iter() if each is not found and local(each) == name), None)
    return found


def every(root: Element, name: str) -> list[Element]:
    """All elements of a local name, in their order."""
    return [each for each in root.iter() if local(each) == name]


def local(element: Element) -> str:
    """Its name without the namespace."""
    return element.tag.rpartition("}")[2]


def _named(tag: str) -> str:
    return f"{{{tag}" if "}" in tag else tag
