"""Which clips show a sighting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nigoh.domain.access import Permission, Role

if TYPE_CHECKING:
    from tests.flow.api.conftest import House


def test_a_sighting_leads_to_the_clip_that_shows_it(house: House) -> None:
    with house.client() as client:
        path = f"/api/v1/sightings/{house.ids[f'sighting:{house.gate}']}"
        told = client.get(path)
        assert house.ids[f"clip:{house.gate}"] in [clip["id"] for clip in told.json()["clips"]]
        assert house.ids[f"clip:{house.door}"] not in told.text
        narrow = house.token({Permission.SIGHTINGS_READ}, "no clips")
        assert client.get(path, headers={"Authorization": f"Bearer {narrow}"}).json()["clips"] == []
        late = house.add_clip("01later", "gate/2026-09-21/00-00-01.000Z_always.mp4")
        again = client.get(path, headers={"If-None-Match": told.headers["etag"]})
        assert again.status_code == 200, "a clip that was finished since is seen, although the sighting is the same"
        assert late in [clip["id"] for clip in again.json()["clips"]]
    with house.client(Role.OPERATOR, scoped=True) as client:
        assert late in client.get(path).text
