"""Floor 1: machinery that runs the product without knowing what the product is."""
