"""The watch record: what of a recording somebody has really played."""
