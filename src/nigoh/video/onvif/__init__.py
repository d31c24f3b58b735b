"""Finding cameras in the local network and asking them for their streams, by ONVIF."""
