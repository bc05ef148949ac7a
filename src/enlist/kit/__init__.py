"""Floor 0: pure tools that know no product word and touch neither network, disk nor clock."""
