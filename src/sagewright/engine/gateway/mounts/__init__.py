"""How requests reach the gateway."""
