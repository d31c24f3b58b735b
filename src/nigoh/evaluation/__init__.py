"""How accurate nigoh is: verification (1:1), open-set identification (1:N), and sightings on video."""
