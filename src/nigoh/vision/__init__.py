"""From frames to faces to templates: detectors, alignment, quality, embedders, models and what runs them."""
