"""What a person sets for the whole app."""
