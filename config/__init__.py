"""How the house is plugged into a machine."""
