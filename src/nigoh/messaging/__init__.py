"""What goes out: sightings on a wire."""
