"""Floor 2: what the product knows and decides, one package per capability, each entered by its porch."""
