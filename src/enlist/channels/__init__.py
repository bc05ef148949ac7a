"""Floor 3, ways out: each channel hands complete messages to the outside world, and neither retries nor keeps them."""
