"""What the organisation's own systems are told of: three steps, without names or addresses."""
